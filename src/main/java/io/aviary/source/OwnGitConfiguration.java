package io.aviary.source;

import java.io.File;
import java.nio.file.Path;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * JGit without the git configuration of whoever runs the server: a rewritten URL, a stored
 * credential or a proxy there must not change what a release is made from. JGit starts no git
 * process to look for it, and writes nothing into the home folder.
 */
final class OwnGitConfiguration extends SystemReader.Delegate {

  private OwnGitConfiguration(SystemReader usual) {
    super(usual);
  }

  /** For the whole process; again is no harm. */
  static synchronized void install() {
    var usual = SystemReader.getInstance();
    if (!(usual instanceof OwnGitConfiguration)) {
      // What JGit measures of the file system would hold up the first fetch for some seconds.
      FS.FileStoreAttributes.setBackground(true);
      SystemReader.setInstance(new OwnGitConfiguration(usual));
      FS.FileStoreAttributes.get(Path.of(System.getProperty("java.io.tmpdir")));
    }
  }

  @Override
  public FileBasedConfig openUserConfig(Config parent, FS fs) {
    return new Empty(parent, fs);
  }

  @Override
  public FileBasedConfig openSystemConfig(Config parent, FS fs) {
    return new Empty(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(Config parent, FS fs) {
    return new Empty(parent, fs);
  }

  private static final class Empty extends FileBasedConfig {

    Empty(Config parent, FS fs) {
      super(parent, new File("none"), fs);
      // After a fetch JGit would look for garbage, and not get on with commits without files.
      setInt("gc", null, "auto", 0);
      setInt("gc", null, "autoPackLimit", 0);
      setBoolean("gc", null, "autoDetach", false);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}

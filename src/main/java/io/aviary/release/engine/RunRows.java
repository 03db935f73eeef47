package io.aviary.release.engine;

import io.aviary.release.RunStatus;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/** The table of runs. */
interface RunRows extends JpaRepository<Run, Long>, JpaSpecificationExecutor<Run> {

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select r from Run r where r.id = :id")
  Optional<Run> lock(long id);

  @Query("select r from Run r left join fetch r.steps where r.id = :id")
  Optional<Run> withSteps(long id);

  @Query(
      "select distinct r from Run r left join fetch r.steps where r.id in :ids order by r.id desc")
  List<Run> allWithSteps(Collection<Long> ids);

  @Query("select count(r) from Run r where r.id = :id and r.ending is not null")
  long countEnding(long id);

  @Query("select count(r) from Run r where r.id >= :from and r.id < :to")
  long countBetween(long from, long to);

  /** Runs whose time has come and that nobody owns, the longest overdue first. */
  @Query(
      "select r.id from Run r where r.wakeAt <= :now and (r.leaseUntil is null or r.leaseUntil < :now) order by r.wakeAt")
  List<Long> due(Instant now, Limit limit);

  @Query("select min(r.wakeAt) from Run r where r.wakeAt > :now and r.leaseUntil is null")
  Optional<Instant> nextWake(Instant now);

  @Query(
      "select r from Run r where r.application = :application and r.turn = io.aviary.release.engine.Run.Turn.WAITING"
          + " and r.finishedAt is null order by r.id desc")
  List<Run> waitingForTurn(String application);

  Optional<Run> findFirstByRetryOfOrderByIdDesc(long run);

  Optional<Run> findFirstByApplicationAndRevisionOrderByIdDesc(String application, String revision);

  Optional<Run> findFirstByApplicationAndRevisionAndStatusInOrderByIdDesc(
      String application, String revision, Collection<RunStatus> statuses);
}

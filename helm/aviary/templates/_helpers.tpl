{{- define "aviary.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "aviary.selector" -}}
app.kubernetes.io/name: aviary
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "aviary.labels" -}}
{{ include "aviary.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "aviary.serviceAccount" -}}
{{ default (include "aviary.name" .) .Values.serviceAccount.name }}
{{- end }}

{{- define "aviary.secret" -}}
{{ default (include "aviary.name" .) .Values.secrets.existing }}
{{- end }}

{{- define "aviary.buildNamespace" -}}
{{ default (printf "%s-builds" (include "aviary.name" .)) .Values.build.namespace.name }}
{{- end }}

{{- define "aviary.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end }}
{{- end }}

{{- define "aviary.postgresql" -}}
{{ if hasPrefix "jdbc:postgresql:" .Values.database.url }}yes{{ end }}
{{- end }}

{{- define "aviary.namespaces" -}}
{{- $names := list }}
{{- range .Values.applications }}{{ $names = append $names .namespace }}{{ end }}
{{- $names | uniq | sortAlpha | join "," }}
{{- end }}

{{/* The server's application.yml; secrets are files of the mounted Secret. */}}
{{- define "aviary.config" -}}
{{- $applications := list }}
{{- range .Values.applications }}
{{- $applications = append $applications (merge (dict "webhook-secrets" (list (printf "${webhook-%s}" .name))) .) }}
{{- end }}
{{- $build := dict "namespace" (include "aviary.buildNamespace" .) "builder-image" .Values.build.builderImage "rootless" .Values.build.rootless "insecure-registry" .Values.build.insecureRegistry }}
{{- with .Values.build.registry }}{{ $_ := set $build "registry" . }}{{ end }}
{{- with .Values.build.registrySecret }}{{ $_ := set $build "registry-secret" . }}{{ end }}
{{- $github := dict "api-url" .Values.github.apiUrl }}
{{- if or .Values.secrets.githubToken .Values.secrets.existing }}{{ $_ := set $github "token" "${github-token:}" }}{{ end }}
{{- $security := dict "tokens" (list (dict "name" "metrics" "role" "viewer" "value" "${metrics-token}")) }}
{{- with .Values.secrets.admin }}{{ $_ := set $security "users" (list (dict "name" . "role" "admin" "password" "${admin-password-hash}")) }}{{ end }}
{{- $aviary := dict "url" .Values.url "build" $build "github" $github "security" $security "applications" $applications }}
{{- with .Values.prometheus.url }}{{ $_ := set $aviary "prometheus" (dict "url" .) }}{{ end }}
{{- with .Values.metrics.tracesEndpoint }}{{ $_ := set $aviary "traces" (dict "endpoint" .) }}{{ end }}
{{- $spring := dict "datasource" (dict "url" (default "jdbc:h2:file:/data/aviary;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE" .Values.database.url)) }}
{{- if include "aviary.postgresql" . }}{{ $_ := set $spring.datasource "username" .Values.database.username }}{{ end }}
{{- $all := dict "aviary" $aviary "spring" $spring }}
{{- with .Values.logs.format }}{{ $_ := set $all "logging" (dict "structured" (dict "format" (dict "console" .))) }}{{ end }}
{{- mergeOverwrite $all (deepCopy .Values.config) | toYaml }}
{{- end }}

{{- define "aviary.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "aviary.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "aviary.java" -}}
-XX:InitialRAMPercentage=12.5 -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError
{{- end }}

{{/* Whether a Job makes the file of classes that a start begins with; only where a file outlives the pod. */}}
{{- define "aviary.startCache" -}}
{{ if and .Values.startCache.enabled (not (include "aviary.postgresql" .)) (not .Values.database.persistence.ephemeral) }}yes{{ end }}
{{- end }}

{{- define "aviary.startCache.id" -}}
{{ include "aviary.startCache.pod" . | sha256sum | trunc 10 }}
{{- end }}

{{- define "aviary.startCache.pod" -}}
restartPolicy: Never
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- include "aviary.podSecurity" . | nindent 2 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
containers:
  - name: start
    image: {{ include "aviary.image" . }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    args: [--start-cache=/data/start/aviary.aot]
    securityContext: {{- include "aviary.containerSecurity" . | nindent 6 }}
    env:
      # The server's: a file fits only the same memory and collector.
      - {name: JDK_JAVA_OPTIONS, value: {{ include "aviary.java" . | quote }}}
    resources: {{- toYaml .Values.resources | nindent 6 }}
    volumeMounts:
      # Not the database's file.
      - {name: data, mountPath: /data/start, subPath: start}
      - {name: tmp, mountPath: /tmp}
volumes:
  - {name: data, persistentVolumeClaim: {claimName: {{ default (include "aviary.name" .) .Values.database.persistence.existingClaim }}}}
  - {name: tmp, emptyDir: {}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "aviary.env" -}}
- {name: SPRING_CONFIG_ADDITIONAL_LOCATION, value: "file:/etc/aviary/"}
- {name: SPRING_CONFIG_IMPORT, value: "configtree:/etc/aviary-secrets/"}
{{- if include "aviary.postgresql" . }}
- name: SPRING_DATASOURCE_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ required "database.existingSecret names the Secret with the database's password" .Values.database.existingSecret }}, key: {{ .Values.database.passwordKey }}}}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "aviary.mounts" -}}
- {name: config, mountPath: /etc/aviary, readOnly: true}
- {name: secrets, mountPath: /etc/aviary-secrets, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "aviary.volumes" -}}
- {name: config, configMap: {name: {{ include "aviary.name" . }}}}
- {name: secrets, secret: {secretName: {{ include "aviary.secret" . }}, defaultMode: 0440}}
- {name: tmp, emptyDir: {}}
{{- end }}

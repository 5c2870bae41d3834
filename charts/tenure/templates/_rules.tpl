{{/* What Tenure may do with objects where it serves. Its finalizer is metadata, hence patch; a policy asks for update on finalizers. */}}
{{- define "tenure.servingRules" -}}
- apiGroups: [tenure.dev]
  resources: [employees, groupmappings, identityproviders]
  verbs: [get, list, watch, patch]
- apiGroups: [tenure.dev]
  resources: [employees/status, groupmappings/status, identityproviders/status]
  verbs: [get, patch]
- apiGroups: [tenure.dev]
  resources: [employees/finalizers, groupmappings/finalizers, identityproviders/finalizers]
  verbs: [update]
{{ include "tenure.eventRules" . }}
{{- with .Values.rbac.extraRules }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "tenure.eventRules" -}}
- apiGroups: ["", events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{/* RBAC cannot tell Secrets apart by their type; Tenure reads those of type tenure.dev/credentials alone. */}}
{{- define "tenure.secretRules" -}}
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch{{ if .Values.rbac.firstCredentials }}, create, update, delete{{ end }}]
{{- end }}

{{- define "tenure.subjects" -}}
subjects:
- kind: ServiceAccount
  name: {{ include "tenure.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}

/**
 * The fields of the objects in which a typing error would take a protection away, as the API of Kubernetes 1.36 has them
 * (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/), and where else a field belongs that stands in the wrong one.
 */

export type Shape = { readonly what: string; readonly fields: ReadonlySet<string> }

const shape = (what: string, fields: string): Shape => ({ what, fields: new Set(fields.split(/\s+/).filter(Boolean)) })

export const podSpec = shape(
  'the pod’s spec',
  `activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy enableServiceLinks ephemeralContainers evictionResponders
  hostAliases hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets initContainers nodeName nodeSelector os overhead
  preemptionPolicy priority priorityClassName readinessGates resourceClaims resources restartPolicy runtimeClassName schedulerName schedulingGates
  schedulingGroup securityContext serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds
  tolerations topologySpreadConstraints volumes workloadRef`,
)

export const containerSpec = shape(
  'the container',
  `args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe resizePolicy resources restartPolicy restartPolicyRules
  securityContext startupProbe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir`,
)

export const ephemeralSpec: Shape = {
  what: 'the ephemeral container',
  fields: new Set([...containerSpec.fields, 'targetContainerName']),
}

export const podSecurity = shape(
  'the pod’s securityContext',
  `appArmorProfile fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy seLinuxOptions seccompProfile supplementalGroups
  supplementalGroupsPolicy sysctls windowsOptions`,
)

export const containerSecurity = shape(
  'the container’s securityContext',
  `allowPrivilegeEscalation appArmorProfile capabilities privileged procMount readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser seLinuxOptions
  seccompProfile windowsOptions`,
)

export const capabilities = shape('capabilities', 'add drop')
export const confinement = shape('the profile', 'type localhostProfile')
export const seLinux = shape('seLinuxOptions', 'level role type user')
export const windows = shape('windowsOptions', 'gmsaCredentialSpec gmsaCredentialSpecName hostProcess runAsUserName')
export const volumeMount = shape(
  'the volumeMount',
  'bindMountOptions mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr',
)
export const hostPath = shape('hostPath', 'path type')
export const port = shape('the port', 'containerPort hostIP hostPort name protocol')

/** Where a field is looked for that stands in the wrong place: the first that has it. */
export const homes: readonly Shape[] = [containerSecurity, podSecurity, podSpec, containerSpec, capabilities]

/** Every kind of volume (https://kubernetes.io/docs/concepts/storage/volumes/). */
export const volumeKinds: ReadonlySet<string> = new Set(
  `awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral fc flexVolume flocker gcePersistentDisk gitRepo glusterfs
  hostPath image iscsi nfs persistentVolumeClaim photonPersistentDisk portworxVolume projected quobyte rbd scaleIO secret storageos vsphereVolume`.split(
    /\s+/,
  ),
)

/** The kubelet writes these itself and mounts them read-only since 1.9.6, whatever the mount says. */
export const readOnlyVolumes: ReadonlySet<string> = new Set(['configMap', 'downwardAPI', 'projected', 'secret', 'image'])

/** Other images for the containers of Kubernetes objects. */
import type { ReadManifests } from '../../read/kubernetes/read-manifests.ts'
import { asScalar, fieldsOf } from '../../read/yaml/fields.ts'
import { isNull } from '../../read/yaml/scalars.ts'
import { PlainReferences } from './plain-reference.ts'
import { byHand, type Rewritten, type Wanted } from './wanted.ts'

export const rewriteKubernetes = (
  { containers, nodeOf }: Pick<ReadManifests, 'containers' | 'nodeOf'>,
  wanted: Wanted,
): Rewritten => {
  const references = new PlainReferences(wanted)
  for (const container of containers) {
    const map = nodeOf.get(container)?.container
    const field = map && fieldsOf(map).get('image')
    const scalar = asScalar(field?.value)
    if (scalar && !isNull(scalar)) references.scalar(scalar, 'kubernetes')
    else if (container.image.value !== undefined && container.image.at?.in === 'file')
      references.problem(
        byHand(
          container.image.at,
          `\`${container.image.value}\` is brought from another part of the object, which is not changed`,
        ),
      )
  }
  return references.result()
}

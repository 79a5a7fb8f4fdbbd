import { MADE_ANNOTATION, type TargetRef } from "../../proxy-image/src/contract/stub-domain/target-ref";
import type { Rules } from "./admission-rules";
import { is } from "./objects";

/** Restricts `create` by name, which RBAC can't do; and only an object that was created this way may be deleted. */
export function makingRules(target: TargetRef, key: string, content: string | undefined): Rules {
  const onlyOurs = (object: string) =>
    [
      `${object}.metadata.?annotations[?${JSON.stringify(MADE_ANNOTATION)}].hasValue()`,
      `${object}.?data.orValue({}).all(k, k == ${JSON.stringify(key)})`,
      `${object}.?binaryData.orValue({}).size() == 0`,
    ].join(" && ");
  const isBlock =
    content === undefined
      ? ""
      : ` && object.?data[?${JSON.stringify(key)}].orValue("").matches(${JSON.stringify(`^${content}$`)})`;
  const { namespace, name } = target;
  return {
    variables: [
      {
        name: "makes",
        expression: `request.operation == "CREATE" && request.namespace == ${JSON.stringify(namespace)} && object.metadata.name == ${JSON.stringify(name)}`,
      },
      { name: "unmakes", expression: `request.operation == "DELETE" && ${is(target)}` },
    ],
    validations: [
      {
        expression: `!variables.makes || (${onlyOurs("object")}${isBlock})`,
        message: `this account may make ${namespace}/${name} only with its own entry, and marked as made by it`,
      },
      {
        expression: `!variables.unmakes || (${onlyOurs("oldObject")})`,
        message: `this account may delete ${namespace}/${name} only if it made it and nothing else is in it`,
      },
    ],
  };
}

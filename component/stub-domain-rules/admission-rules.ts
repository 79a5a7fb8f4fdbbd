/** The spec of a ValidatingAdmissionPolicy; all expressions are CEL. */
export interface AdmissionRules {
  readonly failurePolicy: "Fail";
  readonly matchConstraints: {
    resourceRules: {
      apiGroups: string[];
      apiVersions: string[];
      resources: string[];
      operations: string[];
    }[];
  };
  readonly matchConditions: { name: string; expression: string }[];
  readonly variables: { name: string; expression: string }[];
  readonly validations: { expression: string; message: string }[];
}

/** Rules for one target. */
export type Rules = Pick<AdmissionRules, "variables" | "validations">;

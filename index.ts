// In this order: Pulumi's schema inference knows the description of a type only if it saw the type's file before the
// component that uses it.
export * from "./component/args";
export * from "./component";

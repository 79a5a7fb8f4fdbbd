import { describe } from "node:test";
import { testCorefileCases } from "./run/corefiles";

describe("a stub domain in a Corefile as it is found", testCorefileCases);

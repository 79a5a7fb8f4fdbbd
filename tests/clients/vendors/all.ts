import type { Vendor } from "../stage/vendor";
import { web } from "./web";

/** Every pretended third party; the proxy's policy lists these and no others. */
export const VENDORS: readonly Vendor[] = [web];

// `node --import k8s-egress-client/register app.js`: for applications that nobody can change.
import { install } from "./install.mjs";

install();

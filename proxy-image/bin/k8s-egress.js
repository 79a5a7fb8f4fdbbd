#!/usr/bin/env node
// Starts the command line tool. In the syntax of old Node: there, the tool itself would end with a TypeError.
"use strict";

/** Of package.json's `engines`; a test compares. */
var NEEDED = [22, 15];

/** Whether a version of Node, such as "22.15.0", is new enough. */
function isNewEnough(version) {
  var parts = version.split(".").map(Number);
  return parts[0] > NEEDED[0] || (parts[0] === NEEDED[0] && parts[1] >= NEEDED[1]);
}

if (require.main !== module) module.exports = { NEEDED: NEEDED, isNewEnough: isNewEnough };
else if (isNewEnough(process.versions.node)) require("../dist/cli.js");
else {
  var here = "; this is Node " + process.versions.node + " (" + process.execPath + ").";
  console.error("k8s-egress needs Node " + NEEDED.join(".") + " or newer" + here);
  process.exit(2);
}

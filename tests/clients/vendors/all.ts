import type { Vendor } from "../stage/vendor";
import { s3, sqs } from "./aws";
import { azure, gcs } from "./blobs";
import { codeload, github, gitlab } from "./forges";
import { openid } from "./identity";
import { sendgrid, sentry, slack, twilio } from "./messages";
import { anthropic, openai } from "./models";
import { oauth1 } from "./oauth1";
import { git, npm, pypi } from "./packages";
import { realtime } from "./realtime";
import { algolia, elastic, vault } from "./search";
import { stripe } from "./stripe";
import { web } from "./web";

/** Every pretended third party; the proxy's policy lists these and no others. */
export const VENDORS: readonly Vendor[] = [
  ...[web, realtime, stripe, openai, anthropic],
  ...[github, codeload, gitlab],
  ...[slack, twilio, sendgrid, sentry],
  ...[s3, sqs, azure, gcs],
  ...[algolia, elastic, vault, openid, oauth1],
  ...[git, npm, pypi],
];

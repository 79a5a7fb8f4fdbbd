import type { Vendor } from "../stage/vendor";
import { s3, sqs } from "./aws";
import { github, gitlab } from "./forges";
import { sendgrid, sentry, slack, twilio } from "./messages";
import { anthropic, openai } from "./models";
import { stripe } from "./stripe";
import { web } from "./web";

/** Every pretended third party; the proxy's policy lists these and no others. */
export const VENDORS: readonly Vendor[] = [
  ...[web, stripe, openai, anthropic],
  ...[github, gitlab],
  ...[slack, twilio, sendgrid, sentry],
  ...[s3, sqs],
];

"""boto3: S3 and SQS, with the third party's own name signed."""

import hashlib
import io
import os
import sys

import boto3
import requests
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from check import check, egress, equal

REGION = "eu-west-1"
# One for each run: the vendor keeps what it gets.
BUCKET = "python-package" if "EGRESS_DOMAIN" in os.environ else "python"
KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "region_name": REGION}


def client_for(service):
    host = f"{service}.{REGION}.amazonaws.com"
    retries = {"total_max_attempts": 1}
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries=retries)
    config = config if service == "s3" else Config(retries=retries)
    client = boto3.client(service, endpoint_url=egress(host), config=config, **KEYS)

    def sign_host(request, **_):
        """The name that is signed must be the one that the third party is called by."""
        request.headers["Host"] = host

    # With the client package it is.
    if "EGRESS_DOMAIN" not in os.environ:
        client.meta.events.register(f"before-sign.{service}", sign_host)
    return client


def s3_checks():
    client = client_for("s3")
    thing = {"Bucket": BUCKET, "Key": "a folder/Grüße+(1).txt"}

    @check("put and get")
    def _():
        client.put_object(**thing, Body=b"hello")
        equal(client.get_object(**thing)["Body"].read(), b"hello")

    @check("head and range")
    def _():
        equal(client.head_object(**thing)["ContentLength"], 5)
        equal(client.get_object(**thing, Range="bytes=1-2")["Body"].read(), b"el")

    @check("list")
    def _():
        keys = [item["Key"] for item in client.list_objects_v2(Bucket=BUCKET)["Contents"]]
        equal(keys, [thing["Key"]])

    @check("upload of a file in parts")
    def _():
        config = TransferConfig(multipart_threshold=5_242_880, multipart_chunksize=5_242_880)
        client.upload_fileobj(io.BytesIO(b"x" * 11_534_336), BUCKET, "large", Config=config)
        body = io.BytesIO()
        client.download_fileobj(BUCKET, "large", body, Config=config)
        equal(hashlib.sha256(body.getvalue()).digest(), hashlib.sha256(b"x" * 11_534_336).digest())

    @check("a presigned URL")
    def _():
        host = f"s3.{REGION}.amazonaws.com"
        config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
        plain = boto3.client("s3", config=config, endpoint_url=f"https://{host}", **KEYS)
        url = plain.generate_presigned_url("get_object", Params=thing).replace(f"https://{host}", egress(host))
        equal(requests.get(url, headers={"Host": host}).content, b"hello")

    @check("error of the vendor")
    def _():
        try:
            client.get_object(Bucket=BUCKET, Key="none")
        except ClientError as error:
            equal(error.response["Error"]["Code"], "NoSuchKey")
            return
        raise AssertionError("there was no error")


def sqs_checks():
    client = client_for("sqs")
    url = f"{egress('sqs.eu-west-1.amazonaws.com')}/1/queue"

    @check("send")
    def _():
        equal(client.send_message(QueueUrl=url, MessageBody="Grüße")["MessageId"], "m1")

    @check("receive")
    def _():
        equal(client.receive_message(QueueUrl=url)["Messages"][0]["Body"], "hello")


s3_checks() if sys.argv[1] == "s3" else sqs_checks()

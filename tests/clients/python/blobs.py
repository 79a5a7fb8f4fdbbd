"""SDKs of Azure Blob Storage and Google Cloud Storage."""

import sys

from check import check, denied, egress, equal


def azure_checks():
    from azure.core.exceptions import ResourceNotFoundError
    from azure.storage.blob import BlobServiceClient

    key = {"account_name": "acct", "account_key": "c2VjcmV0"}
    options = {"max_single_put_size": 1_048_576, "max_block_size": 4_194_304, "retry_total": 0}
    service = BlobServiceClient(egress("acct.blob.core.windows.net"), credential=key, **options)
    container = service.get_container_client("python")

    @check("upload and download")
    def _():
        blob = container.get_blob_client("a folder/Grüße.txt")
        blob.upload_blob(b"hello", overwrite=True)
        equal(blob.download_blob().readall(), b"hello")

    @check("upload in blocks")
    def _():
        blob = container.get_blob_client("large")
        blob.upload_blob(b"x" * 9_000_000, overwrite=True)
        equal(blob.download_blob().readall() == b"x" * 9_000_000, True)

    @check("error of the vendor")
    def _():
        try:
            container.get_blob_client("none").download_blob()
        except ResourceNotFoundError as error:
            equal(error.error_code, "BlobNotFound")
            return
        raise AssertionError("there was no error")


def gcs_checks():
    from google.api_core.exceptions import NotFound
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import storage

    options = {"api_endpoint": egress("storage.googleapis.com")}
    client = storage.Client("project", AnonymousCredentials(), client_options=options)
    bucket = client.bucket("bucket")

    @check("upload and download")
    def _():
        blob = bucket.blob("a folder/Grüße.txt")
        blob.upload_from_string("hello")
        # Not the same object: it has kept the `mediaLink` of the response, which is https.
        equal(bucket.blob(blob.name).download_as_bytes(), b"hello")

    @check("resumable upload")
    def _():
        blob = bucket.blob("large", chunk_size=4_194_304)
        blob.upload_from_string(b"x" * 3_000_000)
        equal(len(bucket.blob("large").download_as_bytes()), 3_000_000)

    @check("error of the vendor")
    def _():
        try:
            bucket.blob("none").download_as_bytes()
        except NotFound:
            return
        raise AssertionError("there was no error")

    @check("403 of the proxy")
    def _():
        denied(lambda: client.get_bucket("other"))


azure_checks() if sys.argv[1] == "azure" else gcs_checks()

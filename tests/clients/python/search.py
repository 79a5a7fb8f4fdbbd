"""SDKs of Algolia, Elasticsearch and Vault."""

import sys

from check import check, denied, egress, equal


def algolia_checks():
    from algoliasearch.http.hosts import CallType, Host, HostsCollection
    from algoliasearch.search.client import SearchClientSync
    from algoliasearch.search.config import SearchConfig

    config = SearchConfig("app", "key")
    names = ["app-dsn.algolia.net", "app-1.algolianet.com"]
    both = CallType.READ | CallType.WRITE
    hosts = [Host(f"{name}.egress.local", scheme="http", accept=both) for name in names]
    config.hosts = HostsCollection(hosts)
    client = SearchClientSync("app", "key", config=config)

    @check("search, the first host ill")
    def _():
        answer = client.search_single_index("things", {"query": "Grüße"})
        equal(answer.to_dict()["hits"][0]["name"], "Grüße")

    @check("403 of the proxy")
    def _():
        denied(client.list_indices)


def elasticsearch_checks():
    from elasticsearch import Elasticsearch, NotFoundError

    client = Elasticsearch(egress("my.es.eu-west-1.aws.found.io") + ":80", api_key="a2V5", max_retries=0)

    @check("search")
    def _():
        answer = client.search(index="things", query={"match": {"name": "Grüße"}})
        equal(answer["hits"]["hits"][0]["_source"], {"name": "Grüße"})

    @check("search by GET with a body")
    def _():
        headers = {"content-type": "application/json", "accept": "application/json"}
        body = {"query": {"match": {"name": "x"}}}
        answer = client.perform_request("GET", "/things/_search", headers=headers, body=body)
        equal(answer["hits"]["hits"][0]["_source"], {"name": "x"})

    @check("bulk")
    def _():
        equal(client.bulk(operations=[{"index": {"_index": "things"}}, {"name": "a"}])["errors"], False)

    @check("exists, by HEAD")
    def _():
        equal(bool(client.indices.exists(index="things")), True)

    @check("error of the vendor")
    def _():
        try:
            client.get(index="none", id="1")
        except NotFoundError:
            return
        raise AssertionError("there was no error")


def vault_checks():
    import hvac

    client = hvac.Client(egress("vault.example.com"), token="hvs.1")
    secrets = client.secrets.kv.v2

    @check("list, by LIST")
    def _():
        equal(secrets.list_secrets("apps")["data"]["keys"], ["one", "two/"])

    @check("read")
    def _():
        equal(secrets.read_secret_version("apps/one")["data"]["data"], {"password": "p"})

    @check("write")
    def _():
        equal(secrets.create_or_update_secret("apps/one", {"password": "p"})["data"]["version"], 2)

    @check("403 of the proxy")
    def _():
        denied(client.sys.list_policies)


CHECKS = {"algolia": algolia_checks, "elasticsearch": elasticsearch_checks, "vault": vault_checks}
CHECKS[sys.argv[1]]()

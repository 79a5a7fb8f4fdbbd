"""PyGithub and python-gitlab."""

import sys

from check import check, denied, egress, equal


def github_checks():
    import github

    client = github.Github(auth=github.Auth.Token("ghp_1"), base_url=egress("api.github.com"), retry=None)

    @check("get")
    def _():
        equal(client.get_repo("octo/hello").full_name, "octo/hello")

    @check("pages by Link")
    def _():
        issues = client.get_repo("octo/hello", lazy=True).get_issues()
        equal([issue.number for issue in issues], [1, 2, 3])

    @check("a moved repository")
    def _():
        equal(client.get_repo("octo/old").full_name, "octo/hello")

    @check("create")
    def _():
        # Lazy: an object that was got calls the `url` of its response, and PyGithub refuses another host's.
        equal(client.get_repo("octo/hello", lazy=True).create_issue("Grüße").number, 4)

    @check("error of the vendor")
    def _():
        try:
            client.get_repo("octo/none")
        except github.UnknownObjectException:
            return
        raise AssertionError("there was no error")

    @check("403 of the proxy")
    def _():
        denied(lambda: client.get_gist("1"))


def gitlab_checks():
    import gitlab

    client = gitlab.Gitlab(egress("gitlab.com"), private_token="glpat-1", keep_base_url=True)

    @check("a project by its path")
    def _():
        equal(client.projects.get("group/project").id, 7)

    @check("a file by its path")
    def _():
        file = client.projects.get("group/project").files.get(file_path="src/main.ts", ref="main")
        equal(file.decode(), b"a")

    @check("pages by Link")
    def _():
        issues = client.projects.get("group/project").issues.list(iterator=True)
        equal([issue.iid for issue in issues], [1, 2])

    @check("error of the vendor")
    def _():
        try:
            client.projects.get("no/where")
        except gitlab.GitlabGetError as error:
            equal(error.response_code, 404)
            return
        raise AssertionError("there was no error")

    @check("403 of the proxy")
    def _():
        denied(client.auth)


github_checks() if sys.argv[1] == "github" else gitlab_checks()

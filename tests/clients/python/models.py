"""SDKs of OpenAI and Anthropic."""

import sys

from check import check, denied, egress, equal

MESSAGES = [{"role": "user", "content": "Hallo"}]


def openai_checks():
    import openai

    client = openai.OpenAI(api_key="sk-test", base_url=egress("api.openai.com") + "/v1")
    question = {"model": "gpt-test", "messages": MESSAGES}

    @check("completion")
    def _():
        equal(client.chat.completions.create(**question).choices[0].message.content, "Guten Tag, Welt")

    @check("completion as a stream")
    def _():
        stream = client.chat.completions.create(**question, stream=True)
        equal("".join(chunk.choices[0].delta.content for chunk in stream), "Guten Tag, Welt")

    @check("upload of a file")
    def _():
        file = ("a.jsonl", b'{"prompt":"a"}')
        equal(client.files.create(file=file, purpose="batch").id, "file-1")

    @check("error of the vendor")
    def _():
        try:
            client.embeddings.create(model="x", input="y")
        except openai.NotFoundError as error:
            equal("does not exist" in error.message, True)
            return
        raise AssertionError("there was no error")

    @check("403 of the proxy")
    def _():
        denied(lambda: client.moderations.create(input="x"))


def anthropic_checks():
    import anthropic

    client = anthropic.Anthropic(api_key="key-1", base_url=egress("api.anthropic.com"))
    question = {"model": "claude-test", "max_tokens": 9, "messages": MESSAGES}

    @check("message")
    def _():
        equal(client.messages.create(**question).content[0].text, "Guten Tag, Welt")

    @check("message as a stream")
    def _():
        with client.messages.stream(**question) as stream:
            equal("".join(stream.text_stream), "Guten Tag, Welt")

    @check("403 of the proxy")
    def _():
        denied(client.models.list)


openai_checks() if sys.argv[1] == "openai" else anthropic_checks()

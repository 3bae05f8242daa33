"""Translation by the user's own words, by programs, and by an endpoint over real HTTP."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from studio.dubbing.script import Cue, Script, read_translation, translated
from studio.dubbing.script.translation import Request, budget
from studio.dubbing.script.translators import Command, Endpoint
from studio.errors import InputError


def script(*texts, start=0.0):
    return Script(
        tuple(Cue(i, i, start + 2.0 * i, start + 2.0 * i + 1.5, t, t, "Anna") for i, t in enumerate(texts, 1))
    )


LINES = [Request(1, "Anna", "Get out.", 1.5, 27), Request(2, None, "No; rm -rf $HOME `x` | y", 1.5, 27)]

SHOUTS = """
import json, sys
asked = json.load(sys.stdin)
assert asked["to"] == "de" and asked["from"] == "en"
lines = [{"number": x["number"], "text": x["text"].upper() + str(x["characters"])} for x in asked["lines"]]
json.dump({"lines": lines}, sys.stdout)
"""


def test_a_program_gets_json_and_answers_in_json():
    said = Command((sys.executable, "-c", SHOUTS)).translate(LINES, "en", "de")
    assert said == {1: "GET OUT.27", 2: "NO; RM -RF $HOME `X` | Y27"}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print('hello')", "did not answer with"),
        ("import sys; sys.stderr.write('first\\nno such language'); sys.exit(3)", r"failed \(3\): no such language"),
        ("import time; time.sleep(60)", "more than 0.5 s"),
    ],
)
def test_a_program_that_fails_is_told_in_a_sentence(code, message):
    with pytest.raises(InputError, match=message):
        Command((sys.executable, "-c", code), timeout=0.5 if "sleep" in code else 60).translate(LINES, None, "de")


def test_no_shell_reads_the_command(tmp_path):
    with pytest.raises(InputError, match="can't be run: no such file"):
        Command((f"touch {tmp_path / 'x'}",)).translate(LINES, None, "de")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def server():
    """A chat endpoint: `answers` are given in turn as (status, headers, body), `asked` are the requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked.append((self.path, self.headers.get("Authorization"), body))
            status, headers, answer = found.answers.pop(0)
            data = answer.encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args):
            pass

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.asked, found.answers = [], []
    found.url = f"http://127.0.0.1:{found.server_port}/v1"
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


def chat(text):
    return 200, {}, json.dumps({"choices": [{"message": {"content": text}}]})


GOOD = '{"lines": [{"number": 1, "text": "Raus."}, {"number": 2, "text": "Nein."}, {"number": 9, "text": "?"}]}'


def test_an_endpoint_is_asked_as_chat_completions_are(server):
    server.answers = [chat(f"Here you are:\n```json\n{GOOD}\n```")]
    said = Endpoint(server.url, "small", key="secret", notes="Informal.").translate(LINES, "en", "de")
    assert said == {1: "Raus.", 2: "Nein."}
    ((path, authorization, body),) = server.asked
    assert (path, authorization, body["model"]) == ("/v1/chat/completions", "Bearer secret", "small")
    system, user = (m["content"] for m in body["messages"])
    assert "from en into de" in system
    assert system.endswith("Informal.")
    assert json.loads(user)["lines"][0] == {
        "number": 1,
        "speaker": "Anna",
        "text": "Get out.",
        "seconds": 1.5,
        "characters": 27,
    }


def test_what_passes_is_tried_again_and_waited_for(server):
    server.answers = [(429, {"Retry-After": "7"}, "busy"), (500, {}, ""), chat("I can't."), chat(GOOD)]
    waits = []
    assert Endpoint(server.url, "m", wait=waits.append).translate(LINES, None, "de")[1] == "Raus."
    assert waits == [7.0, 2.0, 4.0]


def test_what_does_not_pass_is_told_at_once(server):
    server.answers = [(401, {}, '{"error": "no such key"}')]
    with pytest.raises(InputError, match=r'answered 401: {"error": "no such key"}'):
        Endpoint(server.url, "m", key="wrong").translate(LINES, None, "de")
    server.answers = [(500, {}, "down")] * 2
    with pytest.raises(InputError, match=r"answered 500: down\. It was tried 2 times\."):
        Endpoint(server.url, "m", retries=1, wait=lambda s: None).translate(LINES, None, "de")


def test_a_key_is_not_carried_to_another_address(server):
    server.answers = [(307, {"Location": f"{server.url}/elsewhere"}, "")]
    with pytest.raises(InputError, match="answered 307"):
        Endpoint(server.url, "m", key="secret").translate(LINES, None, "de")
    assert len(server.asked) == 1
    assert "secret" not in repr(Endpoint(server.url, "m", key="secret"))


def test_nobody_there_is_told():
    with pytest.raises(InputError, match="can't be reached"):
        Endpoint("http://127.0.0.1:9/v1", "m", retries=0).translate(LINES, None, "de")


class Half:
    """Answers the first half of what it is asked, in capitals."""

    def __init__(self):
        self.asked = []

    def translate(self, lines, source, target):
        self.asked.append([x.number for x in lines])
        return {x.number: f"[{x.text.upper()}]" for x in lines[: -(-len(lines) // 2)]}


def test_a_script_keeps_times_speakers_and_emotions():
    original = script("Get out.", "[sad]No.[/sad]", "?!")
    half = Half()
    new = translated(original, half, "de", batch=2)
    assert [c.text for c in new.cues] == ["GET OUT.", "NO.", "?!"]
    assert [(c.start, c.end, c.speaker) for c in new.cues] == [(c.start, c.end, c.speaker) for c in original.cues]
    assert new.cues[1].emotion == "sad"
    assert [str(r) for r in new.repairs] == ["Line 2: its marks are of other words: its emotion as a whole was kept."]
    # What was left out is asked for once more.
    assert half.asked == [[1, 2], [2]]


def test_lines_that_stay_out_are_told():
    with pytest.raises(InputError, match="lacks line 4"):
        translated(script("A.", "B.", "C.", "D."), Half(), "de")


def test_the_budget_grows_with_time_and_goes_by_the_script():
    assert budget(2.0, "en") == budget(2.0, "de-AT") == 36
    assert budget(2.0, "zh-Hans") < budget(2.0, "ja") < 12
    assert budget(0.01, "en") == 1


def config(tmp_path, text):
    path = tmp_path / "dub.toml"
    path.write_text(text)
    return read_translation(path)


def test_a_config_names_the_translator(tmp_path, monkeypatch):
    command = config(tmp_path, '[translation]\nfrom = "en"\nto = "de"\ncommand = ["tr", "a-z", "A-Z"]\n')
    assert (command.to, command.source, command.translator()) == ("de", "en", Command(("tr", "a-z", "A-Z"), 120.0))
    endpoint = config(
        tmp_path, '[translation]\nto = "de"\nendpoint = "http://localhost:1/v1"\nmodel = "m"\nkey_env = "MY_KEY"\n'
    )
    monkeypatch.delenv("MY_KEY", raising=False)
    with pytest.raises(InputError, match="no MY_KEY"):
        endpoint.translator()
    monkeypatch.setenv("MY_KEY", "k")
    assert endpoint.translator().key == "k"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no table"),
        ('[translation]\nto = "de"\n', "either a command or an endpoint"),
        ('[translation]\nto = "de"\ncommand = "tr a b"\n', "command:"),
        ('[translation]\nto = "de"\nendpoint = "file:///etc/passwd"\nmodel = "m"\n', "endpoint:"),
        ('[translation]\nto = "de"\nendpoint = "http://x/v1"\n', "needs a model"),
        ('[translation]\nto = "de"\ncommand = ["x"]\nspeed = 2\n', "speed: there is no such field"),
        ("[translation\n", "is not TOML"),
    ],
)
def test_a_config_that_says_nothing_useful_is_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        config(tmp_path, text)

"""A guest book. Every entry is a file in the folder that settings.ini names, beside this program."""
import configparser
import json
import time
from pathlib import Path

import waitress
from bottle import Bottle, HTTPError, request

here = Path(__file__).resolve().parent
settings = configparser.ConfigParser()
settings.read(here / "settings.ini")
store = here / settings["guestbook"]["store"]

app = Bottle()


def keep(name: str, text: str) -> int:
    store.mkdir(exist_ok=True)
    (store / f"{time.time_ns()}.json").write_text(json.dumps({"name": name, "text": text}))
    return sum(1 for _ in store.iterdir())


@app.get("/health")
def health():
    probe = store / ".probe"
    probe.write_text("written")
    return {"status": "ok", "service": "guestbook", "greeting": settings["guestbook"]["greeting"], "probe": probe.read_text()}


@app.get("/")
def entries():
    return {"entries": [json.loads(file.read_text()) for file in sorted(store.glob("*.json"))]}


@app.post("/")
def sign():
    body = request.json or {}
    if not body.get("text"):
        raise HTTPError(422, "no text")
    return {"count": keep(str(body.get("name", "nobody"))[:80], str(body["text"])[:2000])}


if __name__ == "__main__":
    keep("the house", settings["guestbook"]["greeting"])
    waitress.serve(app, host="0.0.0.0", port=8080)

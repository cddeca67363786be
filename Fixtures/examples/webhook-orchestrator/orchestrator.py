"""Takes webhooks, keeps a row for each, and asks a controller to start an agent for it.

Rows are in SQLite at DB_PATH, which should be on a volume. The controller is asked behind the webhook's back: its
answer, or that there was none, is the row's status.
"""

import asyncio
import hashlib
import hmac
import os
import sqlite3
import uuid
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timezone

import httpx
from fastapi import FastAPI, HTTPException, Request

DB_PATH = os.environ.get("DB_PATH", "/data/agents.db")
CONTROLLER_URL = os.environ["CONTROLLER_URL"]
CONTROLLER_KEY = os.environ["CONTROLLER_API_KEY"]
WEBHOOK_SECRET = os.environ.get("GITHUB_WEBHOOK_SECRET", "")

SCHEMA = """
CREATE TABLE IF NOT EXISTS agents (
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    repository TEXT NOT NULL,
    prompt TEXT NOT NULL,
    status TEXT NOT NULL,
    session TEXT,
    created TEXT NOT NULL,
    updated TEXT NOT NULL
)
"""


@contextmanager
def database():
    connection = sqlite3.connect(DB_PATH, timeout=10)
    connection.row_factory = sqlite3.Row
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def now() -> str:
    return datetime.now(timezone.utc).isoformat()


@asynccontextmanager
async def lifespan(app: FastAPI):
    with database() as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(SCHEMA)
    app.state.tasks = set()
    yield


app = FastAPI(lifespan=lifespan)


def instructions(event: str, payload: dict) -> str:
    """What an agent is told to do about an event."""
    number = payload.get("issue", {}).get("number")
    if event == "issues" and payload.get("action") == "opened":
        return f"Find the cause of issue #{number}, {payload['issue'].get('title')!r}, and propose a change."
    if event == "issue_comment":
        said = payload.get("comment", {}).get("body", "")
        return f"Answer this comment on #{number}, and change the code where it asks for that: {said}"
    return f"Look at the event {event} and decide whether there is anything to do."


def check_signature(body: bytes, signature: str) -> None:
    if not WEBHOOK_SECRET:
        return
    expected = "sha256=" + hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature):
        raise HTTPException(status_code=401, detail="the signature is wrong")


@app.post("/webhook")
async def webhook(request: Request) -> dict:
    check_signature(await request.body(), request.headers.get("X-Hub-Signature-256", ""))
    payload = await request.json()
    event = request.headers.get("X-GitHub-Event", "unknown")
    repository = payload.get("repository", {}).get("full_name", "unknown/unknown")
    agent = str(uuid.uuid4())
    prompt = instructions(event, payload)
    time = now()
    with database() as db:
        db.execute(
            "INSERT INTO agents VALUES (?, ?, ?, ?, 'pending', NULL, ?, ?)",
            (agent, event, repository, prompt, time, time),
        )
    task = asyncio.create_task(start(agent, repository, prompt))
    app.state.tasks.add(task)
    task.add_done_callback(app.state.tasks.discard)
    return {"agent_id": agent, "status": "pending"}


async def start(agent: str, repository: str, prompt: str) -> None:
    headers = {"Authorization": f"Bearer {CONTROLLER_KEY}"}
    try:
        async with httpx.AsyncClient(base_url=CONTROLLER_URL, headers=headers, timeout=30) as controller:
            made = await controller.post("/api/v1/sessions", json={"repo": repository})
            made.raise_for_status()
            session = made.json()["id"]
            note(agent, "session_created", session)
            asked = await controller.post(f"/api/v1/sessions/{session}/tasks", json={"prompt": prompt})
            asked.raise_for_status()
            note(agent, "running", session)
    except (httpx.HTTPError, KeyError, ValueError):
        note(agent, "failed")


def note(agent: str, status: str, session: str | None = None) -> None:
    with database() as db:
        db.execute(
            "UPDATE agents SET status = ?, session = COALESCE(?, session), updated = ? WHERE id = ?",
            (status, session, now(), agent),
        )


@app.get("/agents")
def agents(status: str | None = None) -> list[dict]:
    query = "SELECT * FROM agents WHERE ? IS NULL OR status = ? ORDER BY created DESC"
    with database() as db:
        return [dict(row) for row in db.execute(query, (status, status))]


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}

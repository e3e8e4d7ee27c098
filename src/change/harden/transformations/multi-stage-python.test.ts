import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, trialOf } from '../../../../test/harden-still.ts'
import split from './multi-stage-python.ts'

const { still, becomes, stays } = trialOf(split, {
  stacks: [{ name: 'python', manifests: ['requirements.txt'], dependencies: new Set(['flask', 'gunicorn']) }],
})
const psycopg: Omit<Given, 'dockerfile'> = {
  stacks: [{ name: 'python', manifests: ['requirements.txt'], dependencies: new Set(['django', 'gunicorn', 'psycopg2']) }],
}

test('an environment before the first installation goes on to the slim image, with the libraries that are loaded', async () => {
  await becomes(
    `FROM python:3.12-bookworm

# Django
ENV PYTHONUNBUFFERED=1 \\
    PIP_NO_CACHE_DIR=1
WORKDIR /code
# newest pip
RUN pip install --upgrade pip
COPY requirements.txt .
RUN apt-get update && apt-get install -y gcc libpq-dev libssl-dev
RUN pip install -r requirements.txt
COPY . .
EXPOSE 8000
CMD ["gunicorn", "shop.wsgi", "-b", "0.0.0.0:8000"]
`,
    `FROM python:3.12-bookworm AS build

# Django
ENV PYTHONUNBUFFERED=1 \\
    PIP_NO_CACHE_DIR=1
WORKDIR /code
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
# newest pip
RUN pip install --upgrade pip
COPY requirements.txt .
RUN apt-get update && apt-get install -y gcc libpq-dev libssl-dev
RUN pip install -r requirements.txt
RUN pip uninstall -y pip

FROM python:3.12-slim-bookworm
RUN apt-get update \\
    && apt-get install -y --no-install-recommends libpq5 libssl3 \\
    && rm -rf /var/lib/apt/lists/*
RUN pip uninstall -y pip setuptools wheel
ENV PATH=/opt/venv/bin:$PATH
ENV PYTHONUNBUFFERED=1 \\
    PIP_NO_CACHE_DIR=1
WORKDIR /code
COPY --from=build /opt/venv /opt/venv
COPY . .
EXPOSE 8000
CMD ["gunicorn", "shop.wsgi", "-b", "0.0.0.0:8000"]
`,
    psycopg,
  )
})

test('small keywords and CRLF stay; sources that were needed to install go on in their folder', async () => {
  await becomes(
    'from python:3.11\r\nworkdir /app\r\ncopy . .\r\nrun pip install -r requirements.txt\r\ncmd python main.py\r\n',
    'from python:3.11 as build\r\nworkdir /app\r\ncopy . .\r\nrun python -m venv /opt/venv\r\nenv PATH=/opt/venv/bin:$PATH\r\nrun pip install -r requirements.txt\r\nrun pip uninstall -y pip\r\n\r\nfrom python:3.11-slim\r\nrun pip uninstall -y pip setuptools wheel\r\nenv PATH=/opt/venv/bin:$PATH\r\nworkdir /app\r\ncopy --from=build /opt/venv /opt/venv\r\ncopy --from=build /app /app\r\ncmd python main.py\r\n',
  )
})

test('poetry stays behind, and installs into the environment that VIRTUAL_ENV names', async () => {
  await becomes(
    `FROM python:3.11
RUN pip install poetry==1.8.3
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN poetry config virtualenvs.create false && poetry install --no-root --only main
COPY src ./src
CMD ["uvicorn", "src.main:app"]
`,
    `FROM python:3.11 AS build
RUN pip install poetry==1.8.3
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN python -m venv /opt/venv
ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
RUN poetry config virtualenvs.create false && poetry install --no-root --only main
RUN pip uninstall -y pip

FROM python:3.11-slim
RUN pip uninstall -y pip setuptools wheel
ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY src ./src
CMD ["uvicorn", "src.main:app"]
`,
    { stacks: [{ name: 'python', manifests: ['pyproject.toml', 'poetry.lock'], dependencies: new Set(['uvicorn']) }] },
  )
})

test('an environment in the folder of the program goes on with it', async () => {
  await becomes(
    `FROM python:3.11-slim
ENV POETRY_HOME=/opt/poetry POETRY_VIRTUALENVS_IN_PROJECT=true
ENV PATH="$POETRY_HOME/bin:/app/.venv/bin:$PATH"
RUN apt-get update && apt-get install -y curl build-essential
RUN curl -sSL https://install.python-poetry.org | python3 -
WORKDIR /app
COPY poetry.lock pyproject.toml ./
RUN poetry install --only main --no-root
COPY . .
CMD ["uvicorn", "app:app"]
`,
    `FROM python:3.11-slim AS build
ENV POETRY_HOME=/opt/poetry POETRY_VIRTUALENVS_IN_PROJECT=true
ENV PATH="$POETRY_HOME/bin:/app/.venv/bin:$PATH"
RUN apt-get update && apt-get install -y curl build-essential
RUN curl -sSL https://install.python-poetry.org | python3 -
WORKDIR /app
COPY poetry.lock pyproject.toml ./
RUN poetry install --only main --no-root

FROM python:3.11-slim
ENV POETRY_HOME=/opt/poetry POETRY_VIRTUALENVS_IN_PROJECT=true
ENV PATH="$POETRY_HOME/bin:/app/.venv/bin:$PATH"
WORKDIR /app
COPY --from=build /app /app
COPY . .
CMD ["uvicorn", "app:app"]
`,
    { stacks: [{ name: 'python', manifests: ['pyproject.toml', 'poetry.lock'], dependencies: new Set(['uvicorn']) }] },
  )
})

test('the author’s own environment is taken as it is', async () => {
  await becomes(
    `FROM python:3.11-slim
ENV VIRTUAL_ENV=/venv
RUN python3 -m venv $VIRTUAL_ENV
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
RUN <<EOF
apt-get update
apt-get install -y build-essential
pip install flask gunicorn
EOF
COPY app.py /srv/app/app.py
WORKDIR /srv/app
CMD ["gunicorn", "app:app"]
`,
    `FROM python:3.11-slim AS build
ENV VIRTUAL_ENV=/venv
RUN python3 -m venv $VIRTUAL_ENV
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
RUN <<EOF
apt-get update
apt-get install -y build-essential
pip install flask gunicorn
EOF

FROM python:3.11-slim
ENV VIRTUAL_ENV=/venv
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
COPY --from=build /venv /venv
COPY app.py /srv/app/app.py
WORKDIR /srv/app
CMD ["gunicorn", "app:app"]
`,
  )
})

test('on Alpine what was compiled keeps the runtime of its compiler', async () => {
  const { text } = await still(
    'FROM python:3.12-alpine\nRUN apk add --no-cache build-base postgresql-dev\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD ["gunicorn", "a:b"]\n',
  )
  assert.match(
    text,
    /\n\nFROM python:3\.12-alpine\nRUN apk add --no-cache libpq libstdc\+\+\nRUN pip uninstall -y pip setuptools wheel\nENV PATH=/,
  )
})

test('what the program is not copied for, or would miss, is left out', async () => {
  const of = (lines: string): string => `FROM python:3.11\nWORKDIR /app\nCOPY . .\n${lines}`
  const start = 'CMD ["python", "a.py"]\n'
  await stays(of('RUN pip install -r requirements.txt\nCMD ["/usr/local/bin/gunicorn", "a:b"]\n'), /named by its path/)
  await stays(
    of(`RUN pip install -r requirements.txt\nENV PYTHONPATH=/usr/lib/python3/dist-packages\n${start}`),
    /named by its path/,
  )
  await stays(of(`RUN pip install --user -r requirements.txt\n${start}`), /told where to install, by --user/)
  await stays(of(`RUN useradd a\nUSER a\nRUN pip install -r requirements.txt\n${start}`), /runs as a/)
  await stays(of('RUN pip install poetry && poetry install\nCMD ["poetry", "run", "a"]\n'), /`poetry` is started/)
  await stays(of(`RUN pip install uv && uv pip install --system -r requirements.txt\n${start}`), /--system/)
  await stays(of(`RUN pip install nltk && python -c "import nltk; nltk.download('punkt')"\n${start}`), /what `python -c/)
  await stays(of(`RUN pip install opencv-python\n${start}`), /opencv-python loads libraries/)
  await stays(of(`RUN pip install python-ldap\n${start}`), /python-ldap loads libraries/)
  await stays(
    'FROM python:3.11\nCOPY . /\nRUN pip install -r requirements.txt\nCMD ["python", "a.py"]\n',
    /goes is not known|no folder of its own|is not known/,
  )
})

test('files of the project below /usr/local/bin are no packages; uv’s own binary stays behind', async () => {
  const { text, left } = await still(
    `FROM python:3.14
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /uvx /bin/
ENV UV_LINK_MODE=copy
WORKDIR /app
COPY wait.sh /usr/local/bin/
RUN chmod +x /usr/local/bin/wait.sh
COPY . .
RUN uv sync --frozen --no-dev
ENV PATH="/app/.venv/bin:$PATH"
CMD ["gunicorn", "a:b"]
`,
    { context: { 'wait.sh': '#!/bin/sh\n', 'a.py': '' } },
  )
  assert.match(
    text,
    /\n\nFROM python:3\.14-slim\nENV UV_LINK_MODE=copy\nWORKDIR \/app\nCOPY --from=build \/app \/app\nCOPY --from=build \/usr\/local\/bin\/wait\.sh \/usr\/local\/bin\/wait\.sh\nENV PATH=/,
    left?.leftOut,
  )
})

test('nothing is done where a slim image has no compiler, or nothing is installed', async () => {
  for (const dockerfile of [
    'FROM python:3.11-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["python", "a.py"]\n',
    'FROM python:3.11\nCOPY a.py /a.py\nCMD ["python", "/a.py"]\n',
    'FROM node:24\nRUN npm ci\n',
    'FROM python:2.7\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["python", "a.py"]\n',
    'FROM python:3.12-alpine\nRUN apk add --virtual .b gcc && pip install flask && apk del .b\nCMD ["flask", "run"]\n',
  ]) {
    const { text, left } = await still(dockerfile)
    assert.equal(text, dockerfile)
    assert.equal(left, undefined)
  }
})

"""Invoices: takes positions, gives a page that can be printed."""
from decimal import Decimal
from pathlib import Path

import yaml
from dateutil.relativedelta import relativedelta
from flask import Flask, abort, jsonify, render_template, request

from .money import total

RATES = Path(__file__).with_name("rates.yaml")


def create_app() -> Flask:
    app = Flask(__name__)
    rates = {name: Decimal(str(rate)) for name, rate in yaml.safe_load(RATES.read_text()).items()}

    @app.get("/health")
    def health():
        page = render_template("invoice.html", number="0", lines=[], total=total([], rates))
        return jsonify(status="ok", service="invoices", countries=sorted(rates), page=len(page) > 0)

    @app.post("/invoices")
    def invoice():
        body = request.get_json()
        if body.get("country") not in rates:
            abort(422, "unknown country")
        lines = [(line["text"], Decimal(str(line["amount"]))) for line in body["lines"]]
        return render_template("invoice.html", number=body["number"], lines=lines, total=total(lines, rates, body["country"]))

    return app


def due(day, months: int = 1):
    return day + relativedelta(months=months)

"""`make screenshots`: pictures of the main pages of the demonstration, at phone and desktop width, into out/screenshots."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from django.urls import reverse
from playwright.sync_api import Browser, sync_playwright

from service.permissions import Role
from tests.service.browser.journey import Journey
from tests.service.operations.deployment import deployed
from tests.service.operations.web import Web, serving

PLACES = {
    Role.SOCIAL_WORKER: (
        "home",
        "contact-record",
        "contact-list",
        "child-list",
        "caseload",
        "diary",
        "presence-week",
        "session-list",
        "enquiry-list",
        "review-list",
        "own-dashboard",
        "school-summary",
        "draft-list",
        "own-account",
    ),
    Role.TEAM_MANAGER: (
        "home",
        "team-dashboard",
        "placement-list",
        "caseload",
        "opening-list",
        "review-list",
        "enquiry-late",
        "presence-schools",
        "fit-list",
        "import-list",
    ),
    Role.SAFEGUARDING_LEAD: (
        "home",
        "diary",
        "enquiry-ask",
        "enquiry-list",
        "school-summary",
        "menu",
        "review-list",
        "agreement-list",
        "readiness-list",
    ),
    Role.PROGRAMME_LEAD: (
        "home",
        "programme",
        "nomination-rounds",
        "allocation-list",
        "agreement-list",
        "milestone-list",
        "group-list",
        "risk-list",
        "claim-list",
        "readiness-list",
        "published-figures",
    ),
    Role.ANALYST: ("home", "evidence", "published-figures"),
    Role.EVALUATOR: ("home", "evidence", "allocation-list", "nomination-rounds", "published-figures"),
    Role.STEERING: ("home", "published-figures", "evidence", "programme"),
    Role.INFORMATION_GOVERNANCE: ("home", "audit", "records", "opening-list"),
    Role.ADMINISTRATOR: ("home", "account-list", "invitation-list", "school-list", "authority-list", "code-lists"),
}
WIDTHS = {"phone": 390, "desk": 1280}


def main() -> None:
    target = Path("out/screenshots")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    path = os.environ.get("SWIS_CHROMIUM") or shutil.which("chromium")
    with TemporaryDirectory() as folder, deployed(Path(folder)) as deployment, sync_playwright() as playwright:
        deployment.run("prepare", "--verbosity", "0")
        deployment.run("demonstrate")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        with serving(deployment) as web:
            for width in WIDTHS:
                picture(browser, web, target, width)
        browser.close()
    sys.stdout.write(f"{len(list(target.iterdir()))} pictures in {target}\n")


def picture(browser: Browser, web: Web, target: Path, width: str) -> None:
    for role, addresses in PLACES.items():
        journey = Journey.begin(browser, web, width=WIDTHS[width])
        journey.sign_in_as(role)
        for number, address in enumerate(addresses):
            journey.page.goto(journey.site + reverse(address))
            name = f"{role.split()[0]}-{number:02}-{address}-{width}.png"
            journey.page.screenshot(path=target / name, full_page=True)
        journey.end()

"""Take the pictures of README: `python docs/screenshots.py SITE FOLDER`, or `make screenshots`; needs chromium."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# What is shown: file, page, height.
PICTURES = (
    ("site-home.png", "index.html", 1000),
    ("site-proposition.png", "propositions/legislate-without-delay.html", 1035),
)
WIDTH = 1200


def main() -> None:
    """Write both pictures."""
    site, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, page, height in PICTURES:
            shown = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme="light")
            shown.goto(f"{site.as_uri()}/{page}")
            shown.screenshot(path=folder / name)
        browser.close()


if __name__ == "__main__":
    main()

"""Run the command line as `python -m china_ai_lawmaking`."""

import sys

from .cli import main

sys.exit(main())

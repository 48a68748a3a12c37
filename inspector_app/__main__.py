"""``python -m inspector_app`` starts the desktop application."""

import sys

from inspector_app.app.main import main

sys.exit(main())

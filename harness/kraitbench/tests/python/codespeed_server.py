"""A Codespeed server for a test: `codespeed_server.py DATABASE ENVIRONMENT`.

Prints the number of its port on loopback, and serves until its standard input ends. Codespeed is
as it comes from its package; what is left out is its drawing of pictures, which needs a plotting
library and is not asked for here.
"""

import os
import sys
import threading
import types
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

database, environment = sys.argv[1:]
pictures = types.ModuleType("codespeed.images")
pictures.gen_image_from_results = None
sys.modules["codespeed.images"] = pictures

from codespeed import settings as codespeed_settings  # noqa: E402

options = {name: getattr(codespeed_settings, name) for name in dir(codespeed_settings) if name.isupper()}
options["ALLOW_ANONYMOUS_POST"] = True
settings.configure(
    SECRET_KEY="of a test",
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "codespeed",
    ],
    ROOT_URLCONF="codespeed.urls",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USE_I18N=False,
    DATA_UPLOAD_MAX_MEMORY_SIZE=100_000_000,
    **options,
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

call_command("migrate", verbosity=0, run_syncdb=True)

from codespeed.models import Environment  # noqa: E402

Environment.objects.create(name=environment)


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
print(server.server_port, flush=True)


def until_input_ends():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=until_input_ends, daemon=True).start()
server.serve_forever()

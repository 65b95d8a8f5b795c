from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts.administration import SuperuserSite
from accounts.changes import create_token, create_user, log_access
from accounts.models import AccessLog, ApiToken, TokenBucket, User

site = SuperuserSite()
for model in (User, ApiToken, TokenBucket, AccessLog):
    site.register(model, type(admin.site.get_model_admin(model)))

urlpatterns = [
    path("admin/", site.urls),
    path("sign-in/", lambda request: HttpResponse("sign in"), name="login"),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def no_gathered_files(settings, tmp_path):
    """The pages need no static file gathered beforehand."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path


def client_of(**flags) -> Client:
    client = Client()
    client.force_login(create_user(email="chef@psq.example", password=None, **flags))
    return client


def test_without_an_account_the_way_leads_to_the_products_sign_in(db):
    response = Client().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/sign-in/?next=/admin/"


@pytest.mark.parametrize("flags", [{}, {"is_staff": True}])
def test_nobody_but_a_superuser_enters(db, flags):
    client = client_of(**flags)
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/accounts/user/", follow=True).status_code == 403


def test_a_superuser_reads_and_changes_nothing(db, somebody):
    clear = create_token(user=somebody, name="QGIS", ttl=timedelta(days=1))
    log_access(user=somebody, operation="read", reference="incident:7K3F-9QXM")
    TokenBucket.objects.create(key="batch:192.0.2.1", tokens=1, filled_at=somebody.created_at)
    client = client_of(is_staff=True, is_superuser=True)
    rows = {
        "user": somebody.pk,
        "apitoken": ApiToken.objects.get().pk,
        "accesslog": AccessLog.objects.get().pk,
        "tokenbucket": "batch:192.0.2.1",
    }
    for name, key in rows.items():
        address = f"/admin/accounts/{name}/{quote(key)}"
        assert client.get(f"/admin/accounts/{name}/").status_code == 200
        page = client.get(f"{address}/change/")
        assert page.status_code == 200, name
        assert b'name="_save"' not in page.content
        assert b"argon2" not in page.content
        assert client.get(f"/admin/accounts/{name}/add/").status_code == 403
        assert client.post(f"{address}/change/", {}).status_code == 403
        assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert clear.encode() not in client.get("/admin/accounts/apitoken/").content


@pytest.mark.parametrize("model", ["user", "apitoken", "accesslog"])
def test_what_a_superuser_reads_is_logged(db, somebody, model):
    create_token(user=somebody, name="QGIS", ttl=timedelta(days=1))
    log_access(user=somebody, operation="read")
    client = client_of(is_staff=True, is_superuser=True)
    key = {"user": User, "apitoken": ApiToken, "accesslog": AccessLog}[model]._default_manager.earliest("pk").pk
    logged = AccessLog.objects.filter(operation="admin.read", reference=model, user__email="chef@psq.example")
    for count, address in enumerate((f"/admin/accounts/{model}/", f"/admin/accounts/{model}/{quote(key)}/change/"), 1):
        assert client.get(address).status_code == 200
        assert logged.count() == count
    client.post(address, {})
    client.get(f"/admin/accounts/{model}/999999999/change/")
    assert logged.count() == 2
    assert AccessLog.objects.filter(operation="admin.read").count() == 2

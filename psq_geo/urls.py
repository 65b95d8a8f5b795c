"""The whole URL map on one page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from incidents import views as incidents
from psq_geo import health
from sectors.views import areas
from sectors.views.batch import BatchView
from sectors.views.locate import LocateView

urlpatterns: list[URLPattern | URLResolver] = [
    # Alive and ready
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    # The product's API
    path("api/locate/", LocateView.as_view()),
    path("api/locate/batch/", BatchView.as_view()),
    path("api/sectors/", areas.SectorsView.as_view()),
    path("api/sectors/<slug:code>/", areas.SectorView.as_view()),
    path("api/communes/", areas.CommunesView.as_view()),
    path("api/communes/<slug:code>/", areas.CommuneView.as_view()),
    path("api/incidents/", incidents.IncidentsView.as_view()),
    path("api/incidents/<str:reference>/", incidents.IncidentView.as_view()),
    path("api/incidents/<str:reference>/routing/", incidents.RoutingsView.as_view()),
    path("api/incidents/<str:reference>/move/", incidents.MoveView.as_view()),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema")),
    # Screens
]

"""The addresses of the measure."""

from django.urls import include, path
from rest_framework.routers import DefaultRouter

from .views import Communes, Incidents, Locate

router = DefaultRouter()
router.register("incidents", Incidents)
router.register("communes", Communes)
urlpatterns = [path("locate/", Locate.as_view()), path("", include(router.urls))]

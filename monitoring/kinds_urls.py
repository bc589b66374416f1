"""What reports of certain kinds need to be told first."""

from django.urls import path

from monitoring.views import hlpf

urlpatterns = [path("secretariat/hlpf/", hlpf.hlpf_reviews, name="hlpf-reviews")]

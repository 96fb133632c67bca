from django.urls import URLPattern, URLResolver

app_name = "prisons"
urlpatterns: list[URLPattern | URLResolver] = []

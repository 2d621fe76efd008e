"""Filters that somebody keeps under a name, to open them again with one press."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, queries
from accounts.forms import SavedViewForm
from accounts.models import SavedView
from core import once
from core.access import signed_in
from core.htmx import render_page
from core.once import AlreadyDone
from core.refusals import Refused


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of a page under a name."""
    sent = request.POST or request.GET
    page, query = sent.get("page", ""), queries.plain_query(sent.get("query", ""))
    address = _address(page, query)
    form, refusal = SavedViewForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        person = queries.user_of(request).person
        try:
            actions.save_view(
                person=person, page=page, name=form.cleaned_data["name"], query=query, at=timezone.now(),
                once=once.from_request(request, f"person:{person.pk}"), address=address,
            )  # fmt: skip
        except AlreadyDone as already:
            return redirect(already.address)
        except Refused as why:
            refusal = why.sentence()
        else:
            messages.success(request, _("存好了，下次一点就打开。"))
            return redirect(address)
    context = {"form": form, "page": page, "query": query, "back": address, "refusal": refusal,
               "once": once.fresh_key()}  # fmt: skip
    return render_page(request, "accounts/saved_view.html", context, status=422 if request.POST else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def view_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one's own saved view another name."""
    view = _own(request, pk)
    form, refusal = SavedViewForm(request.POST or None, initial={"name": view.name}), ""
    address = _address(view.page, view.query)
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_view(person=view.person, view_id=pk, name=form.cleaned_data["name"])
        except Refused as why:
            refusal = why.sentence()
        else:
            return redirect(address)
    context = {"form": form, "view": view, "back": address, "refusal": refusal}
    return render_page(request, "accounts/saved_view.html", context, status=422 if request.POST else 200)


@signed_in
@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a saved view no longer; the page opens without filters."""
    view = _own(request, pk)
    actions.delete_view(person=view.person, view_id=pk)
    messages.success(request, _("“%(name)s”删掉了。") % {"name": view.name})
    return redirect(_address(view.page, ""))


def _own(request: HttpRequest, pk: int) -> SavedView:
    view = queries.saved_view(queries.user_of(request).person, pk)
    if view is None:
        raise Http404
    return view


def _address(page: str, query: str) -> str:
    """The address of a saved view; only pages that are there and need nothing else in their path."""
    try:
        return reverse(page) + (f"?{query}" if query else "")
    except NoReverseMatch:
        raise Http404 from None

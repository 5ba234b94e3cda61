"""All component tags, loaded as template builtins; ``docs/architecture/ui.md`` lists them.

Extra keyword arguments of a tag become HTML attributes: ``hx_post=url`` is ``hx-post``.
"""

from django.template import Library

from marketplace.core.components import actions, data, forms, places, ways, words

register = Library()
for kind in (words, actions, places, ways, forms, data):
    register.tags.update(kind.register.tags)
    register.filters.update(kind.register.filters)

/*
 * device.c - the text of --device
 */
#include "sandbox/container/private.h"
#include <stdlib.h>

static bool
is_rights(const char *s)
{
	return *s != '\0' && strspn(s, "rwm") == strlen(s);
}

void
device_parse(const char *text, struct device *ret)
{
	cleanup_vec struct vec part = VEC_INIT;
	bool same;

	vec_split(&part, text, ":");
	same = part.len < 2 || (part.len == 2 && is_rights(part.v[1]));
	*ret = (struct device){.host = xstrdup(part.len > 0 ? part.v[0] : ""),
	    .inside = xstrdup(part.len == 0 ? "" : part.v[same ? 0 : 1]),
	    .rights = xstrdup(part.len > 1 && is_rights(part.v[part.len - 1])
				  ? part.v[part.len - 1]
				  : "rwm")};
}

void
device_done(struct device *d)
{
	free(d->host);
	free(d->inside);
	free(d->rights);
}

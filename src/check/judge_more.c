/*
 * judge_more.c - volumes, networks, health, layers, rebuilds, answers, the hub
 */
#include "src/check/private.h"
#include <stdlib.h>

static void
exists(struct judging *j, const char *kind, const char *a, bool wanted)
{
	const char *name = judge_arg(j, "NAME");
	const json_t *fact = judge_fact(j, kind, "%s", name);
	bool there = json_get_bool(fact, "exists", false);

	if (fact == NULL)
		return;
	judge_say(j, there == wanted,
	    xasprintf(wanted ? "%s %s" : "no %s %s", wanted ? a : kind, name),
	    there ? xasprintf("there is %s %s", a, name)
		  : xasprintf("there is no %s %s", kind, name));
}

void
judge_volume_exists(struct judging *j)
{
	exists(j, "volume", "a volume", true);
}

void
judge_volume_absent(struct judging *j)
{
	exists(j, "volume", "a volume", false);
}

void
judge_network_exists(struct judging *j)
{
	exists(j, "network", "a network", true);
}

void
judge_network_absent(struct judging *j)
{
	exists(j, "network", "a network", false);
}

void
judge_network_has(struct judging *j)
{
	const char *name = judge_arg(j, "NAME"), *wanted = judge_arg(j, "CONTAINER");
	const json_t *fact = judge_fact(j, "network", "%s", name), *c;
	cleanup_vec struct vec names = VEC_INIT;
	cleanup_free char *all = NULL;
	const char *id;

	if (fact == NULL)
		return;
	if (!json_get_bool(fact, "exists", false)) {
		judge_say(j, false, xasprintf("a network %s", name),
		    xasprintf("there is no network %s", name));
		j->r->missing = true;
		return;
	}
	json_object_foreach((json_t *)json_object_get(fact, "containers"), id, c)
	    vec_add(&names, json_get_str(c, "Name", id));
	all = vec_join(&names, ", ");
	judge_say(j, vec_has(&names, wanted), xasprintf("%s is connected to it", wanted),
	    names.len > 0 ? xasprintf("connected: %s", all)
			  : xstrdup("no container is connected to it"));
}

void
judge_container_healthy(struct judging *j)
{
	const json_t *fact = judge_container(j, "inspect"), *health;
	const char *status;

	if (fact == NULL)
		return;
	health = json_object_get(json_object_get(fact, "state"), "Health");
	status = json_get_str(health, "Status", "");
	judge_say(j, str_eq(status, "healthy"), xstrdup("its health check passes"),
	    health == NULL ? xstrdup("it has no health check")
			   : xasprintf("it is %s", status));
}

void
judge_image_file_absent_layers(struct judging *j)
{
	const char *name = judge_arg(j, "NAME"), *path = judge_arg(j, "PATH");
	const json_t *image = judge_image(j, name);
	const json_t *fact =
	    image ? judge_fact(j, "layers-file", "%s\n%s", name, path) : NULL;
	long long layers;

	if (fact == NULL)
		return;
	layers = json_get_int(fact, "layers", 0);
	judge_say(j, layers == 0, xasprintf("%s in no layer", path),
	    layers == 0 ? xstrdup("no layer has it")
			: xasprintf("%lld of its layers %s it: what a later layer "
				    "deletes is still there",
			      layers, layers == 1 ? "has" : "have"));
}

void
judge_rebuild_keeps(struct judging *j)
{
	const char *glob = judge_arg(j, "GLOB"), *file = judge_arg(j, "FILE");
	const json_t *fact = judge_fact(j, "rebuild", "%s\n%s",
			 j->c->folder != NULL ? j->c->folder : "", file),
		     *step;
	size_t i;

	if (fact == NULL)
		return;
	if (json_get_str(fact, "failed", NULL) != NULL) {
		judge_say(j, false, xstrdup("a build to look at"),
		    xstrdup(json_get_str(fact, "failed", "")));
		return;
	}
	json_array_foreach(json_object_get(fact, "steps"), i, step)
	{
		const char *text = json_get_str(step, "text", "");
		bool cached = json_get_bool(step, "cached", false);

		if (!sandbox_glob(glob, text))
			continue;
		judge_say(j, cached, xasprintf("%s comes from the cache", text),
		    cached ? xstrdup("it does")
			   : xasprintf("after a change to %s it is done again", file));
		return;
	}
	judge_say(j, false, xasprintf("an instruction like %s", glob),
	    xstrdup("the Dockerfile has none"));
}

/* ---- answers ---- */

static bool
number(const char *text, double *ret)
{
	char *end;

	*ret = strtod(text, &end);
	return end > text && *end == '\0';
}

static bool
agrees(const char *given, const char *cmp, const char *wanted)
{
	double a, b;
	bool same;

	if (number(given, &a) && number(wanted, &b))
		return judge_compare(a, cmp, b);
	same = strcasecmp(given, wanted) == 0;
	return str_eq(cmp, "!=") ? !same : str_eq(cmp, "=") && same;
}

void
judge_answer_is(struct judging *j)
{
	const char *name = judge_arg(j, "NAME"), *given;
	const json_t *fact = judge_fact(j, "answer", "%s", "");

	if (fact == NULL)
		return;
	given = json_get_str(fact, name, NULL);
	if (given == NULL || *given == '\0')
		judge_say(j, false,
		    xasprintf("`answer %s%s...` says it", name, *name != '\0' ? " " : ""),
		    xstrdup("it is not answered yet"));
	else
		judge_say(j, agrees(given, judge_arg(j, "CMP"), judge_arg(j, "TEXT")),
		    xstrdup("another answer"), xasprintf("the answer %s", given));
}

void
judge_hub_has(struct judging *j)
{
	const char *ref = judge_arg(j, "REF"), *other = judge_arg(j, "IMAGE");
	const json_t *fact = judge_fact(j, "hub", "%s", ref), *image;
	const char *id = json_get_str(fact, "id", "-"), *wanted;

	if (fact == NULL)
		return;
	if (!json_get_bool(fact, "exists", false)) {
		judge_say(j, false, xasprintf("%s in the hub", ref),
		    xasprintf("the hub has no %s", ref));
		j->r->missing = true;
		return;
	}
	if (*other == '\0') {
		judge_say(j, true, NULL, NULL);
		return;
	}
	image = judge_image(j, other);
	if (image == NULL)
		return;
	wanted = json_get_str(image, "id", "");
	judge_say(j, str_eq(id, wanted), xasprintf("%s is the image %.12s", ref, wanted),
	    xasprintf("the hub has %.12s by that name", id));
}

/*
 * prune_system.c - docker system prune
 */
#include "sandbox/docker/pruned.h"

/* The question names all that will go, and the filters. */
static char *
warning(const struct opts *o)
{
	bool all = opts_on(o, "all");
	cleanup_vec struct vec filters = VEC_INIT;
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	const char *v;

	buf_adds(&b, "WARNING! This will remove:\n  - all stopped containers\n"
		     "  - all networks not used by at least one container\n");
	if (opts_on(o, "volumes"))
		buf_adds(
		    &b, "  - all anonymous volumes not used by at least one container\n");
	buf_addf(&b, "  - %s\n  - %s\n",
	    all ? "all images without at least one container associated to them"
		: "all dangling images",
	    all ? "all build cache" : "unused build cache");
	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;)
		vec_add(&filters, v);
	vec_sort(&filters);
	if (filters.len > 0)
		buf_adds(&b, "\n  Items to be pruned will be filtered with:\n");
	for (size_t i = 0; i < filters.len; i++)
		buf_addf(&b, "  - %s\n", filters.v[i]);
	return buf_take(&b);
}

/* Prints what one kind's pruning said and adds up. */
static int
part(struct pruned *p, int rc, int64_t *freed, struct err *err)
{
	if (rc == 0 && p->text.len > 0)
		printf("%s\n", p->text.s);
	fflush(stdout);
	*freed += p->freed;
	pruned_done(p);
	*p = (struct pruned)PRUNED_INIT;
	return rc < 0 ? docker_refused(err) : 0;
}

int
docker_system_prune(struct docker *d)
{
	const struct opts *o = &d->opts;
	bool all = opts_on(o, "all"), volumes = opts_on(o, "volumes");
	cleanup_pruned struct pruned p = PRUNED_INIT;
	cleanup_free char *text = warning(o);
	struct err err = ERR_INIT;
	int64_t freed = 0;
	const char *v;

	for (size_t i = 0; volumes && (v = opts_next(o, "filter", &i)) != NULL;) {
		if (!str_starts(v, "until="))
			continue;
		fprintf(stderr, "ERROR: The \"until\" filter is not supported with "
				"\"--volumes\"\n");
		return 1;
	}
	if (!prune_confirmed(d, text))
		return 0;
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (part(&p, prune_containers(d, &p, &err), &freed, &err) != 0 ||
	    part(&p, prune_networks(d, &p, &err), &freed, &err) != 0 ||
	    (volumes && part(&p, prune_volumes(d, false, &p, &err), &freed, &err) != 0) ||
	    part(&p, prune_images(d, all, &p, &err), &freed, &err) != 0)
		return 1;
	/* labels are not the cache's, nor is its age looked at */
	if (!opts_given(o, "filter") &&
	    part(&p, prune_cache(d, all, &p, &err), &freed, &err) != 0)
		return 1;
	p.freed = freed;
	return prune_say(&p);
}

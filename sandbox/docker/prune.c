/*
 * prune.c - docker container prune, docker volume prune, and what all prunes share
 */
#include "sandbox/docker/pruned.h"
#include <unistd.h>

bool
prune_confirmed(const struct docker *d, const char *question)
{
	char line[16] = "";

	if (opts_on(&d->opts, "force"))
		return true;
	printf("%s\nAre you sure you want to continue? [y/N] ", question);
	fflush(stdout);
	client_reads(&d->client, false);
	return fgets(line, sizeof line, stdin) != NULL &&
	       (line[0] == 'y' || line[0] == 'Y') && (line[1] == '\n' || line[1] == '\0');
}

bool
docker_confirmed(const struct docker *d, const char *warning)
{
	cleanup_free char *text = xasprintf("WARNING! This will remove %s.", warning);

	return prune_confirmed(d, text);
}

void
pruned_done(struct pruned *p)
{
	buf_done(&p->text);
}

int
prune_say(const struct pruned *p)
{
	char text[FORMAT_TEXT];

	if (p->text.len > 0)
		printf("%s\n", p->text.s);
	format_size4((double)p->freed, text);
	printf("Total reclaimed space: %s\n", text);
	return 0;
}

/* ---- --filter ---------------------------------------------------------------------- */

int
prune_filter_read(struct prune_filter *f, const struct opts *o, const char *const *known,
    struct err *err)
{
	const char *v;

	*f = (struct prune_filter){.opts = o};
	if (docker_filter_check(o, known, err) < 0)
		return -1;
	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;) {
		const char *until = str_after(v, "until=");

		if (until != NULL && docker_when(NULL, until, &f->until, err) < 0)
			return -1;
	}
	return 0;
}

static bool
has_label(const struct vec *labels, const char *wanted)
{
	size_t n = strcspn(wanted, "=");
	cleanup_free char *name = xstrndup(wanted, n);
	const char *has = vec_env_get(labels, name);

	return has != NULL && (wanted[n] == '\0' || str_eq(has, wanted + n + 1));
}

bool
prune_filter_fits(const struct prune_filter *f, const struct vec *labels, int64_t created)
{
	const char *v;

	if (f->until != 0 && created != 0 && created > f->until)
		return false;
	for (size_t i = 0; (v = opts_next(f->opts, "filter", &i)) != NULL;) {
		const char *with = str_after(v, "label="), *not = str_after(v, "label!=");

		if ((with != NULL && !has_label(labels, with)) ||
		    (not != NULL && has_label(labels, not )))
			return false;
	}
	return true;
}

/* ---- containers -------------------------------------------------------------------- */

int
prune_containers(struct docker *d, struct pruned *p, struct err *err)
{
	static const char *const known[] = {"label", "label!", "until", NULL};
	struct docker_row *rows = NULL;
	struct prune_filter f;
	ssize_t n;

	if (prune_filter_read(&f, &d->opts, known, err) < 0 ||
	    (n = docker_rows(d->session, &rows, err)) < 0)
		return -1;
	for (ssize_t i = 0; i < n; i++) {
		const struct container_config *c = rows[i].config;
		int64_t size;

		if (rows[i].state.status == CONTAINER_RUNNING ||
		    rows[i].state.restarting ||
		    !prune_filter_fits(&f, &c->labels, c->created))
			continue;
		size = docker_container_size(d->session, rows[i].id);
		if (container_remove(d->session, rows[i].id, false, NULL) < 0)
			continue;
		p->freed += size > 0 ? size : 0;
		if (p->text.len == 0)
			buf_adds(&p->text, "Deleted Containers:\n");
		buf_addf(&p->text, "%s\n", rows[i].id);
	}
	docker_rows_free(rows, (size_t)n);
	session_event(d->session, "container", "prune", "",
	    json_pack("{s:o}", "reclaimed", json_sprintf("%lld", (long long)p->freed)));
	return 0;
}

int
docker_container_prune(struct docker *d)
{
	cleanup_pruned struct pruned p = PRUNED_INIT;
	struct err err = ERR_INIT;

	if (!docker_confirmed(d, "all stopped containers"))
		return 0;
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	return prune_containers(d, &p, &err) < 0 ? docker_refused(&err) : prune_say(&p);
}

/* ---- volumes ----------------------------------------------------------------------- */

static bool
wants_all(const struct opts *o)
{
	const char *v;
	bool on = false;

	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;)
		if (str_starts(v, "all=") && opts_parse_bool(v + 4, &on) && on)
			return true;
	return false;
}

int
prune_volumes(struct docker *d, bool all, struct pruned *p, struct err *err)
{
	static const char *const known[] = {"label", "label!", "all", NULL};
	cleanup_vec struct vec names = VEC_INIT;
	struct prune_filter f;

	if (prune_filter_read(&f, &d->opts, known, err) < 0)
		return -1;
	all = all || wants_all(&d->opts);
	container_volume_list(d->session, &names);
	for (size_t i = 0; i < names.len; i++) {
		cleanup_vec struct vec labels = VEC_INIT;
		int64_t size;

		if (container_volume_labels(d->session, names.v[i], &labels, NULL) < 0 ||
		    (!all &&
			vec_env_get(&labels, "com.docker.volume.anonymous") == NULL) ||
		    !prune_filter_fits(&f, &labels, 0))
			continue;
		size = docker_volume_size(d->session, names.v[i]);
		if (container_volume_remove(d->session, names.v[i], NULL) < 0)
			continue;
		p->freed += size > 0 ? size : 0;
		if (p->text.len == 0)
			buf_adds(&p->text, "Deleted Volumes:\n");
		buf_addf(&p->text, "%s\n", names.v[i]);
	}
	session_event(d->session, "volume", "prune", "",
	    json_pack("{s:o}", "reclaimed", json_sprintf("%lld", (long long)p->freed)));
	return 0;
}

int
docker_volume_prune(struct docker *d)
{
	bool all = opts_on(&d->opts, "all");
	cleanup_pruned struct pruned p = PRUNED_INIT;
	struct err err = ERR_INIT;

	if (all && wants_all(&d->opts)) {
		fprintf(stderr, "conflicting options: cannot specify both --all and "
				"--filter all=1\n");
		return 1;
	}
	if (!docker_confirmed(
		d, all ? "all local volumes not used by at least one container"
		       : "anonymous local volumes not used by at least one container"))
		return 0;
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	return prune_volumes(d, all, &p, &err) < 0 ? docker_refused(&err) : prune_say(&p);
}

/*
 * usage.c - complaints about how a command was written
 *
 * Texts and exit codes: the oracle's cli-usage case; docker/cli, cli/required.go.
 */
#include "sandbox/docker/command.h"

static void
frame(const struct docker *d, const char *see)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	docker_help_usage(&b, d);
	fprintf(stderr, "\n%s\n%s 'docker %s --help' for more information\n", b.s, see,
	    d->path);
}

int
docker_wrong_flag(const struct docker *d, const struct err *err)
{
	cleanup_free char *name = docker_help_name(d);

	fprintf(stderr, "%s\n", err->text);
	if (d->command->flags & DOCKER_BUILDX)
		fprintf(stderr, "See 'docker %s --help'.\n", name);
	else
		frame(d, "Run");
	return 125;
}

static int
buildx_count(const struct docker *d)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	cleanup_free char *name = docker_help_name(d);
	bool one = d->command->max == 1;

	docker_help_usage(&b, d);
	fprintf(stderr, "ERROR: \"docker %s\" %s.\nSee 'docker %s --help'.\n\n%s\n%s\n",
	    name, one ? "requires exactly 1 argument" : "accepts no arguments", name, b.s,
	    docker_help_about(d->command));
	return 1;
}

int
docker_check_count(const struct docker *d)
{
	int min = d->command->min, max = d->command->max, n = (int)d->opts.nargs;
	cleanup_free char *what = NULL;

	if (n >= min && (max < 0 || n <= max))
		return 0;
	if (d->command->flags & DOCKER_BUILDX)
		return buildx_count(d);
	if (max == 0)
		what = xstrdup("accepts no arguments");
	else if (min == max)
		what = xasprintf("requires %d argument%s", min, min == 1 ? "" : "s");
	else if (max < 0)
		what = xasprintf(
		    "requires at least %d argument%s", min, min == 1 ? "" : "s");
	else if (min == 0)
		what =
		    xasprintf("requires at most %d argument%s", max, max == 1 ? "" : "s");
	else
		what =
		    xasprintf("requires at least %d and at most %d arguments", min, max);
	fprintf(stderr, "docker: 'docker %s' %s\n", d->path, what);
	frame(d, max < 0 ? "See" : "Run");
	return 1;
}

int
docker_lacks(const struct docker *d)
{
	for (size_t i = 0; i < d->opts.ngiven; i++) {
		const struct opt_row *row = d->opts.given[i].row;

		if (row->flags & OPT_SAID)
			fprintf(stderr,
			    "WARNING: --%s has no effect in this version of Drydock\n",
			    row->name);
		if (!(row->flags & OPT_LATER))
			continue;
		fprintf(stderr,
		    "docker: --%s: this version of Drydock cannot do that yet\n\n"
		    "Run 'docker %s --help' for more information\n",
		    row->name, d->path);
		return 125;
	}
	return 0;
}

/* Worlds beside the engine.  A line each, so that nobody searches for a typing mistake.
 */
static const struct {
	const char *word, *line;
} without[] = {
    {"compose", "Drydock goes without compose: start each container with 'docker run'"},
    {"swarm", "Drydock goes without swarm: it works on one machine"},
    {"service", "Drydock goes without swarm services"},
    {"stack", "Drydock goes without swarm stacks"},
    {"node", "Drydock goes without swarm nodes"},
    {"secret", "Drydock goes without swarm secrets"},
    {"config", "Drydock goes without swarm configs"},
    {"scout", "Drydock goes without scout: it has no vulnerability database"},
    {"buildx", "Drydock has 'docker build' only, no other builders"},
    {"bake", "Drydock goes without bake: build each image with 'docker build'"},
    {"context", "Drydock has one engine and no contexts"},
    {"plugin", "Drydock goes without plugins"},
    {"trust", "Drydock goes without content trust"},
    {"checkpoint", "Drydock goes without checkpoints of containers"},
};

const char *
docker_without(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(without); i++)
		if (str_eq(word, without[i].word))
			return without[i].line;
	return NULL;
}

/*
 * help.c - `--help`, made from the tables
 *
 * Layout: docker/cli's usage template and pflag's FlagUsagesWrapped.
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>

/* Where a line of at most `width` bytes may end, and how much to skip then.  A last
 * line may be a few bytes longer rather than leave one word behind. */
static size_t
wrap_line(const char *s, size_t width)
{
	enum { SLOP = 5 };
	size_t cut = 0;

	if (strlen(s) < width + SLOP)
		return strlen(s);
	for (size_t i = 0; i < width; i++) {
		if (s[i] == '\n' && i > 0)
			return i;
		if (s[i] == ' ')
			cut = i;
	}
	return cut > 0 ? cut : strlen(s);
}

static void
add_wrapped(struct buf *out, const char *s, size_t indent, size_t width)
{
	enum { SLOP = 5, LEAST = 24, BLOCK = 16 };

	if (width < indent + LEAST) {
		indent = BLOCK;
		buf_addf(out, "\n%*s", (int)indent, "");
	}
	if (width < indent + LEAST) {
		buf_adds(out, s);
		return;
	}
	for (;;) {
		size_t n = wrap_line(s, width - indent - SLOP);

		for (; n > 0; n--, s++) {
			buf_addc(out, *s);
			if (*s == '\n')
				buf_addf(out, "%*s", (int)indent, "");
		}
		if (*s == '\0')
			return;
		s++;
		buf_addf(out, "\n%*s", (int)indent, "");
	}
}

static void
option_head(const struct opt_row *row, struct buf *b)
{
	const char *word = opts_placeholder(row);

	if (row->letter != 0)
		buf_addf(b, "  -%c, --%s", row->letter, row->name);
	else
		buf_addf(b, "      --%s", row->name);
	if (word[0] != '\0')
		buf_addf(b, " %s", word);
}

static void
option_tail(const struct opt_row *row, struct buf *b)
{
	buf_adds(b, row->help);
	if (row->initial == NULL || str_eq(row->initial, "false"))
		return;
	buf_addf(b, row->kind == OPT_STRING ? " (default \"%s\")" : " (default %s)",
	    row->initial);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(const struct opt_row *const *)a)->name,
	    (*(const struct opt_row *const *)b)->name);
}

/* The visible rows sorted by name; gives a NULL-terminated list. */
static const struct opt_row **
visible(const struct opt_row *table, bool own)
{
	const struct opt_row **list = NULL;
	size_t n = 0;

	for (; table->name != NULL; table++) {
		if ((table->flags & OPT_HIDDEN) || own != !!(table->flags & OPT_OWN))
			continue;
		list = xrealloc(list, (n + 2) * sizeof *list);
		list[n++] = table;
	}
	if (list == NULL)
		list = xcalloc(1, sizeof *list);
	else
		qsort(list, n, sizeof *list, by_name);
	list[n] = NULL;
	return list;
}

void
docker_help_options(struct buf *out, const struct opt_row *table, size_t width, bool own)
{
	cleanup_free const struct opt_row **rows = visible(table, own);
	size_t longest = 0;

	for (size_t i = 0; rows[i] != NULL; i++) {
		cleanup_buf struct buf head = BUF_INIT(BUF_OURS);

		option_head(rows[i], &head);
		longest = head.len > longest ? head.len : longest;
	}
	for (size_t i = 0; rows[i] != NULL; i++) {
		cleanup_buf struct buf head = BUF_INIT(BUF_OURS),
				       tail = BUF_INIT(BUF_OURS);

		option_head(rows[i], &head);
		option_tail(rows[i], &tail);
		buf_addf(out, "%-*s", (int)longest + 3, head.s);
		add_wrapped(out, tail.s, longest + 3, width - 1);
		buf_addc(out, '\n');
	}
}

char *
docker_help_name(const struct docker *d)
{
	const char *paths = d->command->paths;

	return d->command->flags & DOCKER_BUILDX ? xstrndup(paths, strcspn(paths, "|"))
						 : xstrdup(d->path);
}

void
docker_help_usage(struct buf *out, const struct docker *d)
{
	cleanup_free char *name = docker_help_name(d);
	const char *usage = d->command->usage;

	buf_addf(out, "Usage:  docker %s%s%s\n", name, *usage != '\0' ? " " : "", usage);
}

static void
add_aliases(struct buf *out, const char *paths)
{
	if (strchr(paths, '|') == NULL)
		return;
	buf_adds(out, "\nAliases:\n  docker ");
	for (; *paths != '\0'; paths++) {
		if (*paths == '|')
			buf_adds(out, ", docker ");
		else
			buf_addc(out, *paths);
	}
	buf_addc(out, '\n');
}

static bool
has_options(const struct opt_row *table, bool own)
{
	cleanup_free const struct opt_row **rows = visible(table, own);

	return rows[0] != NULL;
}

/* Commands that Docker explains at more length in their help. */
static const struct {
	const char *path, *text;
} longer[] = {
    {"buildx build|build|builder build|image build|buildx b", "Start a build"},
    {"container cp|cp",
	"Copy files/folders between a container and the local filesystem\n\n"
	"Use '-' as the source to read a tar archive from stdin\n"
	"and extract it to a directory destination in a container.\n"
	"Use '-' as the destination to stream a tar archive of a\n"
	"container source to stdout."},
    {"volume rm|volume remove",
	"Remove one or more volumes. You cannot remove a volume that is in use by a "
	"container."},
};

const char *
docker_help_about(const struct docker_command *c)
{
	for (size_t i = 0; i < ARRAY_LEN(longer); i++)
		if (str_eq(longer[i].path, c->paths))
			return longer[i].text;
	return c->summary;
}

void
docker_help_command(struct buf *out, const struct docker *d, size_t width)
{
	const struct docker_command *c = d->command;
	const char *strict = getenv("DRYDOCK_STRICT");

	docker_help_usage(out, d);
	buf_addf(out, "\n%s\n", docker_help_about(c));
	add_aliases(out, c->paths);
	if (has_options(c->options, false)) {
		buf_adds(out, "\nOptions:\n");
		docker_help_options(out, c->options, width, false);
	}
	if (has_options(c->options, true) && (strict == NULL || strict[0] == '\0')) {
		buf_adds(out, "\nDrydock's own options:\n");
		docker_help_options(out, c->options, width, true);
	}
}

/* ---- lists of commands ---- */

static const struct {
	const char *name, *summary;
} groups[] = {
    {"builder", "Manage builds"},
    {"container", "Manage containers"},
    {"image", "Manage images"},
    {"manifest", "Manage Docker image manifests and manifest lists"},
    {"network", "Manage networks"},
    {"system", "Manage Docker"},
    {"volume", "Manage volumes"},
};

/* The word by which the row is called in a group ("" is docker itself); NULL when it
 * is not in it.  Gives. */
static char *
word_in(const struct docker_command *c, const char *group)
{
	size_t len = strlen(group);

	for (const char *p = c->paths; *p != '\0'; p += *p == '|') {
		size_t n = strcspn(p, "|");
		bool sub = memchr(p, ' ', n) != NULL;

		if (len == 0 && !sub)
			return xstrndup(p, n);
		if (len > 0 && n > len && memcmp(p, group, len) == 0 && p[len] == ' ')
			return xstrndup(p + len + 1, n - len - 1);
		p += n;
	}
	return NULL;
}

static int
by_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Rows of a group as "  word   summary" lines; returns how many. */
static size_t
add_commands(struct buf *out, const struct docker_command *commands, const char *group,
    int only, const char *heading)
{
	cleanup_vec struct vec lines = VEC_INIT;

	for (const struct docker_command *c = commands; c->paths != NULL; c++) {
		cleanup_free char *word = word_in(c, group);

		if (word != NULL && (only < 0 || c->group == (enum docker_group)only))
			vec_addf(&lines, "  %-11s %s", word, c->summary);
	}
	if (lines.len == 0)
		return 0;
	if (only != DOCKER_COMMON)
		qsort(lines.v, lines.len, sizeof *lines.v, by_line);
	buf_addf(out, "\n%s:\n", heading);
	for (size_t i = 0; i < lines.len; i++)
		buf_addf(out, "%s\n", lines.v[i]);
	return lines.len;
}

bool
docker_help_group(struct buf *out, const struct docker_command *commands,
    const char *name, size_t width)
{
	(void)width;
	if (name[0] == '\0') {
		buf_adds(out, "Usage:  docker [OPTIONS] COMMAND\n\n"
			      "A self-sufficient runtime for containers\n");
		add_commands(out, commands, "", DOCKER_COMMON, "Common Commands");
		buf_adds(out, "\nManagement Commands:\n");
		for (size_t i = 0; i < ARRAY_LEN(groups); i++)
			buf_addf(out, "  %-11s %s\n", groups[i].name, groups[i].summary);
		add_commands(out, commands, "", DOCKER_OTHER, "Commands");
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		if (!str_eq(groups[i].name, name))
			continue;
		buf_addf(
		    out, "Usage:  docker %s COMMAND\n\n%s\n", name, groups[i].summary);
		add_commands(out, commands, name, -1, "Commands");
		buf_addf(out,
		    "\nRun 'docker %s COMMAND --help' for more information on a "
		    "command.\n",
		    name);
		return true;
	}
	return false;
}

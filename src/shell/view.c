/*
 * view.c - words on the screen
 */
#include "src/render/render.h"
#include "src/shell/private.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

static const struct {
	const char *name, *on;
} styles[] = {{"bold", "\033[1m"}, {"dim", "\033[2m"}, {"green", "\033[32m"},
    {"red", "\033[31m"}, {"yellow", "\033[33m"}, {"cyan", "\033[1;36m"}};

static const char *
style_on(const struct shell *sh, const char *style)
{
	for (size_t i = 0; sh->color && *style != '\0' && i < ARRAY_LEN(styles); i++)
		if (str_eq(styles[i].name, style))
			return styles[i].on;
	return "";
}

void
view_measure(struct shell *sh)
{
	struct winsize size;

	if (sh->terminal >= 0 && ioctl(sh->terminal, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > 0)
		sh->width = size.ws_col < 100 ? size.ws_col : 100;
}

void
view_text(struct shell *sh, const char *fmt, ...)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	sh->print(sh->print_arg, b.s, b.len);
}

void
view_styled(struct shell *sh, const char *style, const char *fmt, ...)
{
	cleanup_buf struct buf raw = BUF_INIT(BUF_OURS), b = BUF_INIT(BUF_OURS);
	const char *on = style_on(sh, style);
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&raw, fmt, ap);
	va_end(ap);
	buf_adds(&b, on);
	render_safe(raw.s, raw.len, &b);
	if (*on != '\0')
		buf_adds(&b, "\033[0m");
	sh->print(sh->print_arg, b.s, b.len);
}

void
view_markdown(struct shell *sh, const char *text)
{
	struct render_opts o = {.width = sh->width, .color = sh->color};
	cleanup_buf struct buf filled = BUF_INIT(BUF_OURS), b = BUF_INIT(BUF_OURS);

	lesson_fill(sh->lesson, text, &sh->values, &filled);
	render_markdown(filled.s, filled.len, &o, &b);
	sh->print(sh->print_arg, b.s, b.len);
}

/* Bytes of text up to the last blank that keeps them within `room` columns; a word that
 * is longer stays whole. */
static size_t
fitting(const char *text, size_t room)
{
	size_t end = 0;

	for (size_t i = 0;; i++) {
		if (text[i] != ' ' && text[i] != '\n' && text[i] != '\0')
			continue;
		cleanup_free char *head = xstrndup(text, i);

		if (end > 0 && str_width(head) > room)
			return end;
		end = i;
		if (text[i] != ' ')
			return end;
	}
}

void
view_wrapped(struct shell *sh, const char *style, const char *first, const char *text)
{
	size_t indent = str_width(first), line;
	size_t room = sh->width > indent + 20 ? sh->width - indent : 20;

	for (bool begun = false; *text != '\0' || !begun; begun = true) {
		line = fitting(text, room);
		if (begun)
			view_styled(
			    sh, style, "%*s%.*s", (int)indent, "", (int)line, text);
		else
			view_styled(sh, style, "%s%.*s", first, (int)line, text);
		view_text(sh, "\n");
		text += line + (text[line] != '\0');
	}
}

void
view_advice(struct shell *sh, const char *markdown)
{
	struct render_opts o = {
	    .width = sh->width > 24 ? sh->width - 4 : 20, .color = sh->color};
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	render_markdown(markdown, strlen(markdown), &o, &b);
	view_text(sh, "\n");
	for (char *line = b.s, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		view_styled(sh, "cyan", "  │ ");
		sh->print(sh->print_arg, line, (size_t)(end - line) + 1);
	}
	view_text(sh, "\n");
}

void
view_step(struct shell *sh)
{
	const struct lesson *l = sh->lesson;
	const struct lesson_step *s = &l->steps[sh->step];
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);

	view_text(sh, "\n");
	if (s->intro[0] != '\0')
		buf_addf(&text, "%s\n\n", s->intro);
	buf_adds(&text, s->text);
	view_markdown(sh, text.s);
	view_text(sh, "\n");
	cleanup_free char *where = xasprintf("Step %zu of %zu.%s", sh->step + 1,
	    l->nsteps,
	    progress_passed(&sh->progress, s->anchor)
		? " Done: `next` goes on."
		: " `hint` helps, `check` says what is missing, `help` lists the words.");
	view_wrapped(sh, "dim", "", where);
}

void
view_progress(struct shell *sh)
{
	const struct lesson *l = sh->lesson;
	size_t passed = 0;

	view_styled(sh, "bold", "%s", l->title);
	view_text(sh, "\n");
	for (size_t i = 0; i < l->nsteps; i++) {
		const struct lesson_step *s = &l->steps[i];
		bool done = progress_passed(&sh->progress, s->anchor);

		passed += done;
		view_styled(sh,
		    done            ? "green"
		    : i == sh->step ? "bold"
				    : "dim",
		    "  %s %2zu. %s%s%s",
		    done            ? "✓"
		    : i == sh->step ? "▸"
				    : "·",
		    i + 1, s->title,
		    progress_solved(&sh->progress, s->anchor) ? " (the tutor's solution)"
							      : "",
		    i == sh->step ? "   <- you are here" : "");
		view_text(sh, "\n");
	}
	view_text(sh, "%zu of %zu steps reached.\n", passed, l->nsteps);
}

void
view_error(struct shell *sh, const struct err *err)
{
	view_styled(sh, "red", "drydock: %s", err->text);
	view_text(sh, "\n");
	if (err->hint[0] != '\0') {
		view_styled(sh, "dim", "%s", err->hint);
		view_text(sh, "\n");
	}
}

/* The folder as the prompt names it: the workspace by its last part, root's home as ~. */
static char *
short_folder(const struct shell *sh)
{
	const char *cwd =
	    sh->workstation ? workstation_cwd(sh->workstation) : sh->workspace;

	if (path_is_inside(cwd, sh->workspace))
		return xasprintf(
		    "%s%s", path_base(sh->workspace), cwd + strlen(sh->workspace));
	if (path_is_inside(cwd, "/root"))
		return xasprintf("~%s", cwd + strlen("/root"));
	return xstrdup(cwd);
}

char *
view_prompt(const struct shell *sh)
{
	cleanup_free char *folder = short_folder(sh);
	cleanup_buf struct buf safe = BUF_INIT(BUF_OURS);

	render_safe(folder, strlen(folder), &safe);
	if (!sh->color)
		return xasprintf("[%s %zu/%zu] %s $ ", sh->course.lesson, sh->step + 1,
		    sh->lesson->nsteps, safe.s);
	return xasprintf("\001\033[36m\002[%s %zu/%zu]\001\033[0m\002 "
			 "\001\033[1m\002%s\001\033[0m\002 $ ",
	    sh->course.lesson, sh->step + 1, sh->lesson->nsteps, safe.s);
}

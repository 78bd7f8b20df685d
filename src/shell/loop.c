/*
 * loop.c - read a line, obey, look, again
 */
#include "src/shell/private.h"
#include <stdlib.h>
#include <sys/file.h>

enum { TAIL_MAX = 32 << 10 };

void
shell_output(void *arg, const char *data, size_t len)
{
	struct shell *sh = arg;

	sh->print(sh->print_arg, data, len);
	if (len > TAIL_MAX) {
		data += len - TAIL_MAX;
		len = TAIL_MAX;
	}
	if (sh->tail.len + len > TAIL_MAX)
		buf_eat(&sh->tail, sh->tail.len + len - TAIL_MAX);
	buf_add(&sh->tail, data, len);
}

void
shell_run(struct shell *sh, const char *line)
{
	struct workstation_io io = {
	    .terminal = sh->terminal, .out = shell_output, .arg = sh};
	struct judge_command command = {.text = line};
	struct err err = ERR_INIT;

	sh->paged = false;
	sh->tail.max = TAIL_MAX;
	buf_clear(&sh->tail);
	if (workstation_run(sh->workstation, line, &io, &command.status, &err) < 0) {
		view_error(sh, &err);
		return;
	}
	if (sh->edit->type_ahead != NULL)
		sh->edit->type_ahead(sh->edit, workstation_unread(sh->workstation));
	if (sh->tail.len > 0 && sh->tail.s[sh->tail.len - 1] != '\n')
		view_text(sh, "\n");
	command.output = sh->tail.s;
	buf_clear(&sh->last);
	buf_adds(&sh->last, line);
	sh->last_status = command.status;
	record_command(sh, &command, "student");
	verdict_after(sh, &command);
}

void
shell_line(struct shell *sh, const char *line)
{
	bool next = str_starts(line, "next");

	if (line[strspn(line, " \t\n")] == '\0')
		return;
	view_measure(sh);
	if (!words_obey(sh, line))
		shell_run(sh, line);
	if (!next)
		sh->next_anyway = false;
}

void
shell_enter(struct shell *sh, size_t step, bool show)
{
	const struct lesson_step *s = &sh->lesson->steps[step];

	sh->next_anyway = false;
	judge_results_done(&sh->seen);
	if (vec_env_get(&sh->values, "answer:") != NULL && step != sh->step)
		vec_env_set(&sh->values, "answer:", "");
	sh->step = step;
	progress_set_step(&sh->progress, s->anchor);
	if (sh->judge.begin != NULL)
		sh->judge.begin(sh->judge.arg, s);
	values_ask(sh, s);
	if (show)
		view_step(sh);
	verdict_after(sh, NULL);
}

bool
shell_complete_lesson(const struct shell *sh)
{
	for (size_t i = 0; i < sh->lesson->nsteps; i++)
		if (!progress_passed(&sh->progress, sh->lesson->steps[i].anchor))
			return false;
	return sh->lesson->nsteps > 0;
}

/* A whole command: lines are joined until bash could read it.  NULL at the end of the
 * input; "" for a line that was given up. */
static char *
read_command(struct shell *sh)
{
	cleanup_free char *prompt = view_prompt(sh);
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);

	for (;;) {
		cleanup_free char *line = NULL;
		enum edit_end end =
		    sh->edit->read(sh->edit, text.len == 0 ? prompt : "> ", &line);

		if (end == EDIT_INTERRUPTED)
			return xstrdup("");
		if (end == EDIT_END)
			return text.len > 0 ? buf_take(&text) : NULL;
		buf_adds(&text, line);
		if (lesson_command_complete(text.s))
			return buf_take(&text);
		buf_addc(&text, '\n');
	}
}

/* Nobody is there to type `next`: a step that is done is left by the next command. */
static void
step_on(struct shell *sh)
{
	while (sh->step + 1 < sh->lesson->nsteps &&
	       (progress_passed(&sh->progress, sh->lesson->steps[sh->step].anchor) ||
		   verdict_free(&sh->lesson->steps[sh->step]))) {
		progress_set_passed(&sh->progress, sh->lesson->steps[sh->step].anchor);
		shell_enter(sh, sh->step + 1, true);
		travel_arrived(sh, true);
	}
}

bool
shell_alone(struct shell *sh)
{
	bool alone;

	if (sh->shells < 0)
		return true;
	alone = flock(sh->shells, LOCK_EX | LOCK_NB) == 0;
	flock(sh->shells, LOCK_SH);
	return alone;
}

int
shell_loop(struct shell *sh)
{
	char *line;

	while (!sh->quit && (line = read_command(sh)) != NULL) {
		cleanup_free char *typed = line, *owned = line = values_fill(sh, line);

		if (sh->edit->remember != NULL && line[0] != '\0')
			sh->edit->remember(sh->edit, line);
		if (sh->terminal < 0 && line[0] != '\0') {
			cleanup_vec struct vec word = VEC_INIT;

			words_complete(line, &word);
			if (!vec_has(&word, line))
				step_on(sh);
			view_text(sh, "$ %s\n", line);
		}
		shell_line(sh, line);
	}
	if (sh->terminal >= 0)
		return 0;
	if (verdict_free(&sh->lesson->steps[sh->step]))
		progress_set_passed(&sh->progress, sh->lesson->steps[sh->step].anchor);
	return shell_complete_lesson(sh) ? 0 : 1;
}

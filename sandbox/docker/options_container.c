/*
 * options_container.c - options of the commands on containers
 *
 * Help texts are Docker's (docker/cli 28.2, cli/command/container).
 */
#include "sandbox/docker/command.h"

const struct opt_row docker_ps_options[] = {
    OPT("all", 'a', OPT_BOOL, "Show all containers (default shows just running)"),
    OPT("filter", 'f', OPT_FILTER, "Filter output based on conditions provided"),
    OPT("format", 0, OPT_STRING, FORMAT_HELP),
    OPT("last", 'n', OPT_INT, "Show n last created containers (includes all states)",
	.initial = "-1"),
    OPT("latest", 'l', OPT_BOOL,
	"Show the latest created container (includes all states)"),
    OPT("no-trunc", 0, OPT_BOOL, "Don't truncate output"),
    OPT("quiet", 'q', OPT_BOOL, "Only display container IDs"),
    OPT("size", 's', OPT_BOOL, "Display total file sizes"),
    OPT_END,
};

const struct opt_row docker_exec_options[] = {
    OPT("detach", 'd', OPT_BOOL, "Detached mode: run command in the background"),
    OPT("detach-keys", 0, OPT_STRING,
	"Override the key sequence for detaching a container"),
    OPT("env", 'e', OPT_ENV, "Set environment variables"),
    OPT("env-file", 0, OPT_LIST, "Read in a file of environment variables"),
    OPT("interactive", 'i', OPT_BOOL, "Keep STDIN open even if not attached"),
    OPT("privileged", 0, OPT_BOOL, "Give extended privileges to the command"),
    OPT("tty", 't', OPT_BOOL, "Allocate a pseudo-TTY"),
    OPT("user", 'u', OPT_STRING,
	"Username or UID (format: \"<name|uid>[:<group|gid>]\")"),
    OPT("workdir", 'w', OPT_STRING, "Working directory inside the container"),
    OPT_END,
};

const struct opt_row docker_attach_options[] = {
    OPT("detach-keys", 0, OPT_STRING,
	"Override the key sequence for detaching a container"),
    OPT("no-stdin", 0, OPT_BOOL, "Do not attach STDIN"),
    OPT("sig-proxy", 0, OPT_BOOL, "Proxy all received signals to the process",
	.initial = "true"),
    OPT_END,
};

const struct opt_row docker_kill_options[] = {
    OPT("signal", 's', OPT_STRING, "Signal to send to the container"),
    OPT_END,
};

const struct opt_row docker_logs_options[] = {
    OPT("details", 0, OPT_BOOL, "Show extra details provided to logs",
	.flags = OPT_NOTHING),
    OPT("follow", 'f', OPT_BOOL, "Follow log output"),
    OPT("since", 0, OPT_STRING,
	"Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. "
	"\"42m\" for 42 minutes)"),
    OPT("tail", 'n', OPT_STRING, "Number of lines to show from the end of the logs",
	.initial = "all"),
    OPT("timestamps", 't', OPT_BOOL, "Show timestamps"),
    OPT("until", 0, OPT_STRING,
	"Show logs before a timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. "
	"\"42m\" for 42 minutes)"),
    OPT_END,
};

const struct opt_row docker_commit_options[] = {
    OPT("author", 'a', OPT_STRING,
	"Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")"),
    OPT("change", 'c', OPT_LIST, "Apply Dockerfile instruction to the created image"),
    OPT("message", 'm', OPT_STRING, "Commit message"),
    OPT("pause", 'p', OPT_BOOL, "Pause container during commit", .initial = "true"),
    OPT_END,
};

const struct opt_row docker_cp_options[] = {
    OPT("archive", 'a', OPT_BOOL, "Archive mode (copy all uid/gid information)"),
    OPT("follow-link", 'L', OPT_BOOL, "Always follow symbol link in SRC_PATH"),
    OPT("quiet", 'q', OPT_BOOL,
	"Suppress progress output during copy. Progress output is automatically "
	"suppressed if no terminal is attached"),
    OPT_END,
};

const struct opt_row docker_diff_options[] = {OPT_END};

const struct opt_row docker_export_options[] = {
    OPT("output", 'o', OPT_STRING, "Write to a file, instead of STDOUT"),
    OPT_END,
};

const struct opt_row docker_pause_options[] = {OPT_END};
const struct opt_row docker_unpause_options[] = {OPT_END};
const struct opt_row docker_port_options[] = {OPT_END};
const struct opt_row docker_rename_options[] = {OPT_END};
const struct opt_row docker_wait_options[] = {OPT_END};

const struct opt_row docker_restart_options[] = {
    OPT("signal", 's', OPT_STRING, "Signal to send to the container"),
    OPT("timeout", 't', OPT_INT, "Seconds to wait before killing the container"),
    OPT("time", 0, OPT_INT, "Seconds to wait before killing the container",
	.flags = OPT_HIDDEN),
    OPT_END,
};

const struct opt_row docker_rm_options[] = {
    OPT("force", 'f', OPT_BOOL,
	"Force the removal of a running container (uses SIGKILL)"),
    OPT("link", 'l', OPT_BOOL, "Remove the specified link"),
    OPT("volumes", 'v', OPT_BOOL,
	"Remove anonymous volumes associated with the container"),
    OPT_END,
};

const struct opt_row docker_start_options[] = {
    OPT("attach", 'a', OPT_BOOL, "Attach STDOUT/STDERR and forward signals"),
    OPT("detach-keys", 0, OPT_STRING,
	"Override the key sequence for detaching a container"),
    OPT("interactive", 'i', OPT_BOOL, "Attach container's STDIN"),
    OPT_END,
};

const struct opt_row docker_top_options[] = {OPT_END};

const struct opt_row docker_stats_options[] = {
    OPT("all", 'a', OPT_BOOL, "Show all containers (default shows just running)"),
    OPT("format", 0, OPT_STRING, FORMAT_HELP),
    OPT("no-stream", 0, OPT_BOOL,
	"Disable streaming stats and only pull the first result"),
    OPT("no-trunc", 0, OPT_BOOL, "Do not truncate output"),
    OPT_END,
};

const struct opt_row docker_stop_options[] = {
    OPT("signal", 's', OPT_STRING, "Signal to send to the container"),
    OPT("timeout", 't', OPT_INT, "Seconds to wait before killing the container"),
    OPT("time", 0, OPT_INT, "Seconds to wait before killing the container",
	.flags = OPT_HIDDEN),
    OPT_END,
};

const struct opt_row docker_update_options[] = {
    OPT("blkio-weight", 0, OPT_INT,
	"Block IO (relative weight), between 10 and 1000, or 0 to disable",
	.initial = "0", .placeholder = "uint16", .flags = OPT_SAID),
    OPT("cpu-period", 0, OPT_INT, "Limit CPU CFS (Completely Fair Scheduler) period"),
    OPT("cpu-quota", 0, OPT_INT, "Limit CPU CFS (Completely Fair Scheduler) quota"),
    OPT("cpu-rt-period", 0, OPT_INT, "Limit the CPU real-time period in microseconds",
	.flags = OPT_SAID),
    OPT("cpu-rt-runtime", 0, OPT_INT, "Limit the CPU real-time runtime in microseconds",
	.flags = OPT_SAID),
    OPT("cpu-shares", 'c', OPT_INT, "CPU shares (relative weight)"),
    OPT("cpus", 0, OPT_STRING, "Number of CPUs", .placeholder = "decimal"),
    OPT("cpuset-cpus", 0, OPT_STRING, "CPUs in which to allow execution (0-3, 0,1)"),
    OPT("cpuset-mems", 0, OPT_STRING, "MEMs in which to allow execution (0-3, 0,1)",
	.flags = OPT_SAID),
    OPT("memory", 'm', OPT_BYTES, "Memory limit"),
    OPT("memory-reservation", 0, OPT_BYTES, "Memory soft limit"),
    OPT("memory-swap", 0, OPT_STRING,
	"Swap limit equal to memory plus swap: -1 to enable unlimited swap",
	.placeholder = "bytes"),
    OPT("pids-limit", 0, OPT_INT, "Tune container pids limit (set -1 for unlimited)"),
    OPT("restart", 0, OPT_STRING, "Restart policy to apply when a container exits"),
    OPT_END,
};

const struct opt_row docker_container_inspect_options[] = {
    OPT("format", 'f', OPT_STRING, INSPECT_FORMAT_HELP),
    OPT("size", 's', OPT_BOOL, "Display total file sizes"),
    OPT_END,
};

const struct opt_row docker_container_prune_options[] = {
    OPT("filter", 0, OPT_FILTER, "Provide filter values (e.g. \"until=<timestamp>\")"),
    OPT("force", 'f', OPT_BOOL, "Do not prompt for confirmation"),
    OPT_END,
};

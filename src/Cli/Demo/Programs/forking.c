/* Forks until the kernel refuses, then says so and ends well: its children are left for the sandbox to end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    int children = 0;
    for (;;) {
        pid_t child = fork();
        if (child == 0)
            for (;;)
                pause();
        if (child < 0)
            break;
        children++;
    }
    printf("refused after %s: %s\n", children > 0 ? "some children" : "none", strerror(errno));
    return 0;
}

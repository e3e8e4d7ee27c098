package org.example.quotes;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/** Gives a quote of the day. */
public final class Quotes {
    public record Quote(String text, String author) {}

    private static List<Quote> load() throws IOException {
        try (InputStream in = Quotes.class.getResourceAsStream("/quotes.json")) {
            return new ObjectMapper().readValue(in, new TypeReference<>() {});
        }
    }

    public static void main(String[] args) throws IOException {
        List<Quote> quotes = load();
        Javalin app = Javalin.create(config -> config.showJavalinBanner = false);
        app.get("/health", ctx -> ctx.json(new TreeMap<>(Map.of("status", "ok", "service", "quotes", "quotes", quotes.size()))));
        app.get("/quote", ctx -> ctx.json(quotes.get(ThreadLocalRandom.current().nextInt(quotes.size()))));
        Runtime.getRuntime().addShutdownHook(new Thread(app::stop));
        app.start(8080);
    }
}
